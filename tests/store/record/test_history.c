#include "store/record/history.h"

#include "tests/store/golden.h"
#include "tests/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static struct arena *arena;

static void
set_up(void)
{
	arena = arena_new((size_t)16 * 1024 * 1024);
}

static void
tear_down(void)
{
	arena_free(&arena);
}

/* fixture: set_up tear_down */

static struct message_key
key_of(unsigned number)
{
	struct message_key key = { { 0 } };

	memcpy(key.bytes, &number, sizeof number);
	key.bytes[7] = 0x80;
	return key;
}

static struct span
kept(const char *text)
{
	struct span copy;

	ck_assert_int_eq(arena_dup(arena, span_str(text), &copy), 0);
	return copy;
}

/* An entry that shows one block in slot hero. */
static struct exposure
entry_of(unsigned number, int64_t time, const char *block)
{
	struct exposure_slot *slots = ARENA_NEW(arena, struct exposure_slot);
	struct message_key key = key_of(number);
	struct exposure entry = { .time = time,
		.state_at = time,
		.campaign = SPAN("spring"),
		.topic = SPAN("garden"),
		.channel = SPAN("email"),
		.propensity = 1,
		.slots = slots,
		.slot_count = 1 };

	slots->slot = SPAN("hero");
	slots->option = SPAN("o");
	slots->block = kept(block);
	memcpy(entry.tag, key.bytes, KEY_TAG);
	return entry;
}

static void
add(struct history *history, unsigned number, int64_t time, const char *block)
{
	struct exposure entry = entry_of(number, time, block);

	ck_assert_int_eq(history_append(history, &entry, arena, NULL), 1);
}

static int
mark(struct history *history, unsigned number, enum exposure_state state,
    int64_t at)
{
	struct message_key key = key_of(number);

	return history_mark(history, &key, state, at);
}

static void
respond(
    struct history *history, unsigned number, int64_t time, const char *type)
{
	struct message_key key = key_of(number);
	struct response response = {
		.time = time, .type = kept(type), .topic = SPAN("garden")
	};

	memcpy(response.tag, key.bytes, KEY_TAG);
	ck_assert_int_eq(history_respond(history, &response, arena, NULL), 1);
}

static struct span
encode(const struct history *history)
{
	struct buf out;
	struct err err = ERR_INIT;

	buf_init(&out, arena, 1000000);
	ck_assert_msg(
	    history_encode(history, arena, &out, &err) == 0, "%s", err.text);
	return buf_span(&out);
}

static struct history
decode(struct span bytes)
{
	struct history history;
	struct err err = ERR_INIT;

	ck_assert_msg(
	    history_decode(bytes, arena, &history, &err) == 0, "%s", err.text);
	return history;
}

static void *
copy_of(const void *list, size_t size)
{
	void *copy = arena_alloc(arena, size);

	ck_assert_ptr_nonnull(copy);
	return memcpy(copy, list, size);
}

static int
fold(struct history *history, int64_t before)
{
	const struct history_keep keep = { .before = before };

	return history_fold(history, &keep, arena, NULL);
}

static struct history
example(void)
{
	struct exposure_slot slots[] = {
		{ .slot = SPAN("hero"),
		    .option = SPAN("vip"),
		    .block = SPAN("hero_vip") },
		{ .slot = SPAN("footer") },
		{ .slot = SPAN("subject26"),
		    .option = SPAN("warm"),
		    .variant = true },
	};
	struct span fields[] = { SPAN("first_name"), SPAN("tier") };
	struct history history = { .exposure_count = 0 };
	struct exposure full = entry_of(1, 1700000000, "x");

	full.slots = copy_of(slots, sizeof slots);
	full.slot_count = 3;
	full.fields = copy_of(fields, sizeof fields);
	full.field_count = 2;
	full.arm = SPAN("individual");
	full.lane = SPAN("exploit");
	full.version = SPAN("7");
	full.propensity = 0.4512;
	full.personal = true;
	full.state = EXPOSURE_BOUNCED;
	full.state_at = 1700000033;
	full.decision = SPAN("\0\1\2");
	full.edition = 300;
	history_append(&history, &full, arena, NULL);
	add(&history, 2, 1600000000, "b");
	add(&history, 3, 1700000001, "c");
	add(&history, 4, 10, "old");
	mark(&history, 4, EXPOSURE_DELIVERED, 11);
	respond(&history, 4, 12, "click");
	fold(&history, 100);
	history.exposures[1].propensity = 1.0 / 3;
	history.exposures[1].time = INT64_MIN;
	history.exposures[1].state_at = INT64_MAX;
	respond(&history, 1, 1700000500, "purchase");
	history.responses[0].value = 19.95;
	return history;
}

START_TEST(a_history_comes_back)
{
	struct history was = example();
	struct history is = decode(encode(&was));
	const struct exposure *entry = &is.exposures[0];

	ck_assert_uint_eq(is.exposure_count, 3);
	ck_assert_mem_eq(entry->tag, was.exposures[0].tag, KEY_TAG);
	ck_assert_int_eq(entry->time, 1700000000);
	ck_assert_int_eq(entry->state, EXPOSURE_BOUNCED);
	ck_assert_int_eq(entry->state_at, 1700000033);
	ck_assert(span_eq(entry->campaign, SPAN("spring")));
	ck_assert(span_eq(entry->topic, SPAN("garden")));
	ck_assert(span_eq(entry->arm, SPAN("individual")));
	ck_assert(span_eq(entry->lane, SPAN("exploit")));
	ck_assert(span_eq(entry->channel, SPAN("email")));
	ck_assert(span_eq(entry->version, SPAN("7")));
	ck_assert(entry->personal);
	ck_assert_uint_eq(entry->edition, 300);
	ck_assert_uint_eq(entry->slot_count, 3);
	ck_assert(span_eq(entry->slots[0].block, SPAN("hero_vip")));
	ck_assert_uint_eq(entry->slots[1].option.len, 0);
	ck_assert(entry->slots[2].variant && !entry->slots[0].variant);
	ck_assert(span_eq(entry->fields[1], SPAN("tier")));
	ck_assert(span_eq(entry->decision, SPAN("\0\1\2")));
	ck_assert_int_eq(is.exposures[1].time, INT64_MIN);
	ck_assert_int_eq(is.exposures[1].state_at, INT64_MAX);
	ck_assert_uint_eq(is.response_count, 1);
	ck_assert_double_eq(is.responses[0].value, 19.95);
	ck_assert_uint_eq(is.folded_count, 3);
	ck_assert_uint_eq(is.topic_count, 1);
	ck_assert_uint_eq(is.topics[0].responses, 1);
	ck_assert(span_eq(encode(&is), encode(&was)));
}
END_TEST

/* Everything that format 1 can say: each state, each kind of folded count,
 * a propensity in parts, in full and left out, a response with and without
 * a tag and a value. */
#define STATES_1 6 /* that format 1 knows */

static struct history
everything(void)
{
	static const char *const types[] = { "open", "click", "unsubscribe" };
	/* By their numbers on disk. */
	static const enum exposure_state states[STATES_1] = { EXPOSURE_RESERVED,
		EXPOSURE_DELIVERED, EXPOSURE_BOUNCED, EXPOSURE_FAILED,
		EXPOSURE_EXPIRED, EXPOSURE_VOID };
	struct history history = { .exposure_count = 0 };
	struct exposure full = example().exposures[0];

	add(&history, 90, 100, "old");
	respond(&history, 90, 110, "click");
	fold(&history, 200);
	for (unsigned i = 0; i < STATES_1; i++) {
		struct message_key key = key_of(i);

		memcpy(full.tag, key.bytes, KEY_TAG);
		full.state = states[i];
		full.time = 1700000000 + 86400 * (int64_t)i;
		full.state_at = full.time + (int64_t)i * 60;
		full.propensity = i == 0 ? 1 : i == 1 ? 1.0 / 3 : 0.25;
		full.personal = i % 2 == 0;
		full.decision = i == 2 ? SPAN_NONE : SPAN("why\0");
		full.slot_count = i == 3 ? 0 : 3;
		full.field_count = i == 3 ? 0 : 2;
		history_append(&history, &full, arena, NULL);
	}
	for (unsigned i = 0; i < 3; i++)
		respond(&history, i, 1700000500 + (int64_t)i, types[i]);
	history.responses[1].value = 19.95;
	memset(history.responses[2].tag, 0, KEY_TAG);
	history.topics[0].losses = 3;
	return history;
}

#define GOLDEN "tests/data/store/history.1"

START_TEST(what_is_on_disk_is_read_for_ever)
{
	struct history was = everything();
	struct history is = decode(golden_bytes(GOLDEN, arena));

	ck_assert_uint_eq(is.exposure_count, STATES_1);
	ck_assert_int_eq(is.exposures[1].state, EXPOSURE_DELIVERED);
	ck_assert_int_eq(is.exposures[2].state, EXPOSURE_BOUNCED);
	ck_assert_uint_eq(is.folded_count, 3);
	ck_assert_int_eq(is.folded[0].kind, FOLDED_BLOCK);
	ck_assert_int_eq(is.folded[1].kind, FOLDED_CAMPAIGN);
	ck_assert_int_eq(is.folded[2].kind, FOLDED_RESPONSE);
	ck_assert(span_eq(encode(&is), encode(&was)));
}
END_TEST

START_TEST(what_is_written_is_what_is_on_disk)
{
	struct history history = everything();

	golden_is(GOLDEN, encode(&history), arena);
}
END_TEST

/* Somebody else's mail that was discarded. */
static struct history
refused(void)
{
	struct history history = { .exposure_count = 0 };

	add(&history, 7, 1700000000, "a");
	history.exposures[0].state = EXPOSURE_REFUSED;
	return history;
}

START_TEST(what_was_refused_is_of_the_second_format)
{
	struct history was = refused(), is;

	golden_is("tests/data/store/history.2", encode(&was), arena);
	is = decode(golden_bytes("tests/data/store/history.2", arena));
	ck_assert_int_eq(is.exposures[0].state, EXPOSURE_REFUSED);
	is.exposures[0].state = EXPOSURE_DELIVERED;
	ck_assert_int_eq(encode(&is).at[0], 1);
}
END_TEST

/* What format 3 adds: each reason and fall, each kind of response that is
 * set aside, an aborted entry, and beside them an entry of before. */
static struct history
told(void)
{
	struct history history = { .exposure_count = 0 };

	for (unsigned i = 0; i < REASONS; i++) {
		struct exposure full = example().exposures[0];
		struct message_key key = key_of(i);

		memcpy(full.tag, key.bytes, KEY_TAG);
		full.time = 1700000000 + 60 * (int64_t)i;
		full.state = i == 3 ? EXPOSURE_ABORTED : EXPOSURE_RESERVED;
		full.reason = (enum exposure_reason)i;
		full.eligible = (enum exposure_eligible)(i % ELIGIBLES);
		full.segment = i % 2 ? SPAN("senior") : SPAN_NONE;
		full.cluster = i % 3 ? SPAN("garden_people") : SPAN_NONE;
		full.slots[1].fall = (enum slot_fall)(i % FALLS);
		full.slots[2].propensity = i == 0 ? 0 : i == 1 ? 1.0 / 3 : 0.25;
		history_append(&history, &full, arena, NULL);
	}
	for (unsigned i = 0; i < ASIDES; i++) {
		respond(&history, i, 1700000500 + (int64_t)i, "click");
		history.responses[i].aside = (enum response_aside)i;
		memset(history.responses[i].id, (int)i, RESPONSE_ID);
	}
	history.responses[1].campaign = SPAN("spring");
	history.responses[2].channel = SPAN("paper");
	history.responses[3].currency = SPAN("EUR");
	history.responses[3].value = 19.95;
	return history;
}

static void
told_alike(const struct exposure *is, const struct exposure *was)
{
	ck_assert_int_eq(is->state, was->state);
	ck_assert_int_eq(is->reason, was->reason);
	ck_assert_int_eq(is->eligible, was->eligible);
	ck_assert(span_eq(is->segment, was->segment));
	ck_assert(span_eq(is->cluster, was->cluster));
	ck_assert_uint_eq(is->slot_count, was->slot_count);
	for (size_t i = 0; i < is->slot_count; i++) {
		ck_assert_int_eq(is->slots[i].fall, was->slots[i].fall);
		ck_assert_mem_eq(&is->slots[i].propensity,
		    &was->slots[i].propensity, sizeof(double));
	}
}

START_TEST(how_it_was_decided_is_of_the_third_format)
{
	struct history was = told(), is;

	golden_is("tests/data/store/history.3", encode(&was), arena);
	is = decode(golden_bytes("tests/data/store/history.3", arena));
	ck_assert_uint_eq(is.exposure_count, REASONS);
	for (size_t i = 0; i < is.exposure_count; i++)
		told_alike(&is.exposures[i], &was.exposures[i]);
	ck_assert_uint_eq(is.response_count, ASIDES);
	for (size_t i = 0; i < is.response_count; i++) {
		const struct response *a = &is.responses[i];
		const struct response *b = &was.responses[i];

		ck_assert_mem_eq(a->id, b->id, RESPONSE_ID);
		ck_assert_int_eq(a->aside, b->aside);
		ck_assert(span_eq(a->campaign, b->campaign));
		ck_assert(span_eq(a->channel, b->channel));
		ck_assert(span_eq(a->currency, b->currency));
	}
}
END_TEST

/* What a version that knows no better could not read is refused by it, and
 * nothing else is: a record is of the least format that says what it holds. */
START_TEST(a_record_is_of_the_least_format_that_can_say_it)
{
	struct history history = { .exposure_count = 0 };

	add(&history, 1, 10, "a");
	respond(&history, 1, 20, "click");
	ck_assert_int_eq(encode(&history).at[0], 1);
	history.responses[0].id[15] = 1;
	ck_assert_int_eq(encode(&history).at[0], 3);
	history.responses[0].id[15] = 0;
	history.responses[0].aside = ASIDE_HEAD;
	ck_assert_int_eq(encode(&history).at[0], 3);
	history.responses[0].aside = ASIDE_NOT;
	history.exposures[0].eligible = ELIGIBLE_NO;
	ck_assert_int_eq(encode(&history).at[0], 3);
	history.exposures[0].eligible = ELIGIBLE_UNKNOWN;
	history.exposures[0].state = EXPOSURE_ABORTED;
	ck_assert_int_eq(encode(&history).at[0], 3);
	history.exposures[0].state = EXPOSURE_REFUSED;
	ck_assert_int_eq(encode(&history).at[0], 2);
}
END_TEST

/* A record says what its format can say, and no more. */
START_TEST(older_formats_hold_nothing_of_the_third)
{
	struct history was = told(), is;
	struct span bytes = encode(&was);
	char *copy = copy_of(bytes.at, bytes.len);

	for (char format = 1; format < 3; format++) {
		copy[0] = format;
		ck_assert_int_eq(
		    history_decode(span_of(copy, bytes.len), arena, &is, NULL),
		    -1);
	}
	copy[0] = 4;
	ck_assert_int_eq(
	    history_decode(span_of(copy, bytes.len), arena, &is, NULL), -1);
}
END_TEST

/* Three slots and two variants: what the third format costs an entry. */
START_TEST(how_it_was_decided_costs_a_dozen_bytes)
{
	struct history history = { .exposure_count = 0 };
	struct exposure full = entry_of(1, 1700000000, "x");
	struct exposure_slot slots[5] = { { .slot = SPAN("hero") },
		{ .slot = SPAN("side") }, { .slot = SPAN("footer") },
		{ .slot = SPAN("subject"), .variant = true },
		{ .slot = SPAN("colour"), .variant = true } };
	size_t before, words = 1 + sizeof "senior" - 1 + 1 + sizeof "young" - 1;

	full.slots = slots;
	full.slot_count = 5;
	history_append(&history, &full, arena, NULL);
	before = encode(&history).len;
	full = history.exposures[0];
	for (unsigned i = 0; i < 3; i++)
		slots[i].fall = FALL_OPTION;
	slots[3].propensity = slots[4].propensity = 0.3333;
	history.exposures[0].reason = REASON_DECIDED;
	history.exposures[0].eligible = ELIGIBLE_YES;
	history.exposures[0].segment = SPAN("senior");
	history.exposures[0].cluster = SPAN("young");
	ck_assert_uint_le(encode(&history).len - before - words, 12);
}
END_TEST

START_TEST(an_entry_of_which_nothing_left_gives_way_to_a_copy_that_leaves)
{
	static const enum exposure_state unsent[] = { EXPOSURE_REFUSED,
		EXPOSURE_ABORTED };

	for (size_t i = 0; i < 2; i++) {
		struct history history = refused();
		struct exposure copy = history.exposures[0];

		history.exposures[0].state = unsent[i];
		copy.state = EXPOSURE_RESERVED;
		ck_assert_int_eq(
		    history_append(&history, &copy, arena, NULL), 1);
		ck_assert_uint_eq(history.exposure_count, 1);
		ck_assert_int_eq(history.exposures[0].state, EXPOSURE_RESERVED);
		copy.state = unsent[i];
		ck_assert_int_eq(
		    history_append(&history, &copy, arena, NULL), 0);
	}
}
END_TEST

START_TEST(what_comes_again_with_its_id_is_nothing_new)
{
	struct history history = { .exposure_count = 0 };
	struct response one = {
		.time = 10, .type = SPAN("purchase"), .id = { 1 }, .value = 20
	};
	struct response again = one;

	ck_assert_int_eq(history_respond(&history, &one, arena, NULL), 1);
	ck_assert_int_eq(history_respond(&history, &again, arena, NULL), 0);
	again.value = 25;
	ck_assert_int_eq(
	    history_respond(&history, &again, arena, NULL), RESPONSE_OTHERWISE);
	ck_assert_double_eq(history.responses[0].value, 20);
	again = one;
	again.channel = SPAN("paper");
	ck_assert_int_eq(
	    history_respond(&history, &again, arena, NULL), RESPONSE_OTHERWISE);
	again = one;
	again.id[0] = 2; /* bought twice in one second */
	ck_assert_int_eq(history_respond(&history, &again, arena, NULL), 1);
	ck_assert_uint_eq(history.response_count, 2);
}
END_TEST

START_TEST(what_was_set_aside_counts_nowhere)
{
	struct history history = { .exposure_count = 0 };

	add(&history, 1, 10, "a");
	respond(&history, 1, 20, "click");
	history.responses[0].aside = ASIDE_SCANNER;
	ck_assert_uint_eq(
	    history_topic_counts(&history, SPAN("garden"), false).responses, 0);
	ck_assert_int_eq(fold(&history, 300), 1);
	ck_assert_uint_eq(history.response_count, 0);
	ck_assert_uint_eq(history.folded_count, 2); /* block and campaign */
	ck_assert_uint_eq(history.topics[0].responses, 0);
}
END_TEST

START_TEST(each_word_is_its_own)
{
	const char *words[64];
	size_t count = 0;

	for (unsigned i = 0; i < REASONS; i++)
		words[count++] = reason_word((enum exposure_reason)i);
	for (unsigned i = 1; i < ELIGIBLES; i++)
		words[count++] = eligible_word((enum exposure_eligible)i);
	for (unsigned i = 1; i < FALLS; i++)
		words[count++] = fall_word((enum slot_fall)i);
	for (unsigned i = 1; i < ASIDES; i++)
		words[count++] = aside_word((enum response_aside)i);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(words[i], words[j]);
	ck_assert_str_eq(words[REASON_STRANGER], "stranger");
	ck_assert_str_eq(fall_word(FALL_OPTION), "no_option");
}
END_TEST

START_TEST(a_propensity_comes_back_to_the_last_bit)
{
	static const double cases[] = { 1, 0.5, 0.4512, 1.0 / 3, 0.0001,
		0.00005, 1e-300, 0.9999, 0.1 + 0.2 };

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct history was = { .exposure_count = 0 }, is;

		add(&was, 1, 1, "b");
		was.exposures[0].propensity = cases[i];
		is = decode(encode(&was));
		ck_assert_mem_eq(
		    &is.exposures[0].propensity, &cases[i], sizeof(double));
	}
}
END_TEST

START_TEST(nothing_is_an_empty_history)
{
	struct history history = decode(SPAN_NONE);

	ck_assert_uint_eq(history.exposure_count, 0);
	history = decode(encode(&history));
	ck_assert_uint_eq(history.exposure_count, 0);
}
END_TEST

/* With everything that the third format adds. */
static struct history
whole_example(void)
{
	struct history history = example(), more = told();

	history.exposures[0].reason = REASON_CONTROL;
	history.exposures[0].eligible = ELIGIBLE_YES;
	history.exposures[0].segment = SPAN("senior");
	history.exposures[0].slots[1].fall = FALL_CAP;
	history.exposures[0].slots[2].propensity = 0.25;
	history.responses = more.responses;
	history.response_count = more.response_count;
	return history;
}

START_TEST(cut_anywhere_it_is_malformed)
{
	struct history was = whole_example(), is;
	struct span whole = encode(&was);

	for (size_t len = 1; len < whole.len; len++) {
		struct err err = ERR_INIT;

		ck_assert_int_eq(
		    history_decode(span_first(whole, len), arena, &is, &err),
		    -1);
		ck_assert_int_eq(err.code, ERR_INPUT);
	}
}
END_TEST

/* What is read is written, and read again, as the same. */
static void
read_or_refused(struct span bytes, struct arena *scratch)
{
	struct history one, two;
	struct buf first, second;

	buf_init(&first, scratch, 100000);
	buf_init(&second, scratch, 100000);
	if (history_decode(bytes, scratch, &one, NULL) < 0)
		return;
	ck_assert_int_eq(history_encode(&one, scratch, &first, NULL), 0);
	ck_assert_int_eq(
	    history_decode(buf_span(&first), scratch, &two, NULL), 0);
	ck_assert_int_eq(history_encode(&two, scratch, &second, NULL), 0);
	ck_assert(span_eq(buf_span(&first), buf_span(&second)));
}

START_TEST(every_byte_changed_is_read_or_refused)
{
	struct history was = whole_example();
	struct span whole = encode(&was);
	struct arena *other = arena_new((size_t)1 << 20);
	char copy[1024];

	ck_assert_uint_lt(whole.len, sizeof copy);
	for (size_t at = 0; at < whole.len; at++)
		for (unsigned byte = 0; byte < 256; byte++) {
			memcpy(copy, whole.at, whole.len);
			copy[at] = (char)byte;
			read_or_refused(span_of(copy, whole.len), other);
			arena_reset(other);
		}
	arena_free(&other);
}
END_TEST

START_TEST(a_full_arena_is_a_clean_failure)
{
	struct history was = example(), is;
	struct span whole = encode(&was);
	int failed = -1;

	for (size_t limit = 1; failed < 0; limit += 7) {
		struct arena *small = arena_new(limit);
		struct err err = ERR_INIT;
		struct exposure entry = entry_of(99, 5, "n");
		struct buf out;

		failed = history_decode(whole, small, &is, &err);
		if (failed == 0 && history_append(&is, &entry, small, &err) < 0)
			failed = -1;
		if (failed == 0 &&
		    history_fold(&is,
			&(struct history_keep){ .before = INT64_MAX }, small,
			&err) < 0)
			failed = -1;
		buf_init(&out, small, 10000);
		if (failed == 0)
			failed = history_encode(&is, small, &out, &err);
		ck_assert(failed == 0 || err.code == ERR_MEMORY);
		arena_free(&small);
	}
}
END_TEST

START_TEST(what_does_not_fit_is_never_a_yes)
{
	struct history was = example();
	size_t len = encode(&was).len;

	for (size_t max = 1; max <= len + 1; max++) {
		struct err err = ERR_INIT;
		struct buf out;
		int done;

		buf_init(&out, arena, max);
		buf_byte(&out, '-'); /* encoding appends */
		done = history_encode(&was, arena, &out, &err);
		ck_assert_int_eq(done, max <= len ? -1 : 0);
		ck_assert_int_eq(err.code, max <= len ? ERR_MEMORY : ERR_NONE);
	}
}
END_TEST

START_TEST(one_message_has_one_entry)
{
	struct history history = { .exposure_count = 0 };
	struct exposure again = entry_of(1, 50, "other");
	struct message_key key = key_of(1), unknown = key_of(2);

	add(&history, 1, 10, "a");
	ck_assert_int_eq(history_append(&history, &again, arena, NULL), 0);
	ck_assert_uint_eq(history.exposure_count, 1);
	ck_assert_int_eq(history_find(&history, &key)->time, 10);
	ck_assert_ptr_null(history_find(&history, &unknown));
}
END_TEST

/* From a state, a report of another at a moment: what it is after. The entry
 * got its state at 100. */
START_TEST(states_move_as_reports_allow)
{
	static const struct {
		enum exposure_state from, to;
		int64_t at;
		int moves;
	} cases[] = {
		{ EXPOSURE_RESERVED, EXPOSURE_DELIVERED, 200, 1 },
		{ EXPOSURE_RESERVED, EXPOSURE_DELIVERED, 50, 1 },
		{ EXPOSURE_RESERVED, EXPOSURE_BOUNCED, 200, 1 },
		{ EXPOSURE_RESERVED, EXPOSURE_FAILED, 200, 1 },
		{ EXPOSURE_RESERVED, EXPOSURE_EXPIRED, 200, 1 },
		{ EXPOSURE_RESERVED, EXPOSURE_VOID, 200, 1 },
		{ EXPOSURE_RESERVED, EXPOSURE_RESERVED, 200, 0 },
		{ EXPOSURE_DELIVERED, EXPOSURE_DELIVERED, 200, 0 },
		{ EXPOSURE_DELIVERED, EXPOSURE_BOUNCED, 200, 1 },
		{ EXPOSURE_DELIVERED, EXPOSURE_BOUNCED, 100, 1 },
		{ EXPOSURE_DELIVERED, EXPOSURE_BOUNCED, 99, 0 },
		{ EXPOSURE_DELIVERED, EXPOSURE_EXPIRED, 200, 0 },
		{ EXPOSURE_DELIVERED, EXPOSURE_RESERVED, 200, 0 },
		{ EXPOSURE_DELIVERED, EXPOSURE_VOID, 99, 1 },
		{ EXPOSURE_BOUNCED, EXPOSURE_DELIVERED, 200, 1 },
		{ EXPOSURE_BOUNCED, EXPOSURE_DELIVERED, 100, 1 },
		{ EXPOSURE_BOUNCED, EXPOSURE_DELIVERED, 99, 0 },
		{ EXPOSURE_EXPIRED, EXPOSURE_DELIVERED, 50, 1 },
		{ EXPOSURE_EXPIRED, EXPOSURE_BOUNCED, 50, 1 },
		{ EXPOSURE_VOID, EXPOSURE_DELIVERED, 200, 0 },
		{ EXPOSURE_VOID, EXPOSURE_RESERVED, 200, 0 },
		{ EXPOSURE_REFUSED, EXPOSURE_DELIVERED, 200, 0 },
		{ EXPOSURE_REFUSED, EXPOSURE_EXPIRED, 200, 0 },
		{ EXPOSURE_REFUSED, EXPOSURE_VOID, 200, 1 },
		{ EXPOSURE_RESERVED, EXPOSURE_REFUSED, 200, 0 },
		{ EXPOSURE_ABORTED, EXPOSURE_DELIVERED, 200, 0 },
		{ EXPOSURE_ABORTED, EXPOSURE_VOID, 200, 1 },
		{ EXPOSURE_RESERVED, EXPOSURE_ABORTED, 200, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct history history = { .exposure_count = 0 };

		add(&history, 1, 10, "a");
		history.exposures[0].state = cases[i].from;
		history.exposures[0].state_at = 100;
		ck_assert_msg(mark(&history, 1, cases[i].to, cases[i].at) ==
				  cases[i].moves,
		    "%s to %s at %d", exposure_word(cases[i].from),
		    exposure_word(cases[i].to), (int)cases[i].at);
		ck_assert_int_eq(history.exposures[0].state,
		    cases[i].moves ? cases[i].to : cases[i].from);
	}
}
END_TEST

START_TEST(a_log_may_be_read_twice)
{
	struct history history = { .exposure_count = 0 };

	add(&history, 1, 10, "a");
	ck_assert_int_eq(mark(&history, 1, EXPOSURE_DELIVERED, 20), 1);
	ck_assert_int_eq(mark(&history, 1, EXPOSURE_BOUNCED, 30), 1);
	ck_assert_int_eq(mark(&history, 1, EXPOSURE_DELIVERED, 20), 0);
	ck_assert_int_eq(mark(&history, 1, EXPOSURE_BOUNCED, 30), 0);
	ck_assert_int_eq(history.exposures[0].state, EXPOSURE_BOUNCED);
	ck_assert_int_eq(mark(&history, 2, EXPOSURE_BOUNCED, 30), 0);
}
END_TEST

START_TEST(only_what_is_reserved_for_too_long_expires)
{
	struct history history = { .exposure_count = 0 };

	add(&history, 1, 10, "a");
	add(&history, 2, 10, "a");
	add(&history, 3, 50, "a");
	mark(&history, 2, EXPOSURE_DELIVERED, 11);
	ck_assert_uint_eq(history_expire(&history, 50, 99), 1);
	ck_assert_int_eq(history.exposures[0].state, EXPOSURE_EXPIRED);
	ck_assert_int_eq(history.exposures[0].state_at, 99);
	ck_assert_int_eq(history.exposures[2].state, EXPOSURE_RESERVED);
}
END_TEST

START_TEST(only_what_may_have_been_shown_counts_as_seen)
{
	struct history history = { .exposure_count = 0 };
	struct block_seen seen;

	for (unsigned i = 0; i < EXPOSURE_STATES; i++) {
		add(&history, i, 10 + (int64_t)i, "a");
		history.exposures[i].state = (enum exposure_state)i;
	}
	seen = history_seen(&history, SPAN("a"), INT64_MIN);
	ck_assert_uint_eq(seen.count, 2);
	ck_assert_int_eq(seen.first, 10 + EXPOSURE_RESERVED);
	ck_assert_int_eq(seen.last, 10 + EXPOSURE_DELIVERED);
	ck_assert_uint_eq(
	    history_seen(&history, SPAN("b"), INT64_MIN).count, 0);
	ck_assert_uint_eq(history_seen(&history, SPAN(""), INT64_MIN).count, 0);
}
END_TEST

START_TEST(each_type_of_response_means_what_it_says)
{
	static const struct {
		const char *type;
		int answers, loses;
	} cases[] = {
		{ "open", 0, 0 },
		{ "click", 1, 0 },
		{ "reply", 1, 0 },
		{ "purchase", 1, 0 },
		{ "conversion", 1, 0 },
		{ "unsubscribe", 0, 1 },
		{ "complaint", 0, 1 },
		{ "", 0, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct history history = { .exposure_count = 0 };
		struct topic_counts counts;

		add(&history, 1, 10, "a");
		respond(&history, 1, 20, cases[i].type);
		respond(&history, 1, 30, "open"); /* takes nothing back */
		counts = history_topic_counts(&history, SPAN("garden"), false);
		ck_assert_uint_eq(counts.exposures, 1);
		ck_assert_uint_eq(counts.responses, cases[i].answers);
		ck_assert_uint_eq(counts.losses, cases[i].loses);
	}
}
END_TEST

START_TEST(each_state_has_its_word)
{
	static const char *const words[EXPOSURE_STATES] = { "reserved",
		"delivered", "bounced", "failed", "expired", "void", "refused",
		"aborted" };

	for (unsigned i = 0; i < EXPOSURE_STATES; i++)
		ck_assert_str_eq(
		    exposure_word((enum exposure_state)i), words[i]);
}
END_TEST

START_TEST(folded_counts_belong_where_their_last_one_does)
{
	struct history history = { .exposure_count = 0 };

	add(&history, 1, 100, "a");
	add(&history, 2, 200, "a");
	ck_assert_int_eq(fold(&history, 300), 1);
	ck_assert_uint_eq(history_seen(&history, SPAN("a"), 199).count, 2);
	ck_assert_uint_eq(history_seen(&history, SPAN("a"), 200).count, 0);
	ck_assert_uint_eq(history_seen(&history, SPAN("a"), 201).count, 0);
	ck_assert_uint_eq(history_seen(&history, SPAN("a"), 201).ever, 2);
}
END_TEST

START_TEST(topics_are_folded_apart)
{
	static const struct {
		struct span topic;
		bool personal;
	} cases[] = {
		{ { "garden", 6 }, false },
		{ { "garden", 6 }, true },
		{ { "kitchen", 7 }, false },
	};
	struct history history = { .exposure_count = 0 };

	for (unsigned i = 0; i < 9; i++) {
		struct exposure entry = entry_of(i, 10, "a");

		entry.topic = cases[i % 3].topic;
		entry.personal = cases[i % 3].personal;
		history_append(&history, &entry, arena, NULL);
	}
	ck_assert_int_eq(fold(&history, 300), 1);
	ck_assert_uint_eq(history.topic_count, 3);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(history_topic_counts(&history, cases[i].topic,
				      cases[i].personal)
				      .exposures,
		    3);
}
END_TEST

START_TEST(the_window_is_open_at_its_beginning)
{
	struct history history = { .exposure_count = 0 };
	struct block_seen seen;

	add(&history, 1, 100, "a");
	add(&history, 2, 101, "a");
	add(&history, 3, 5000, "a"); /* the clock went back since */
	seen = history_seen(&history, SPAN("a"), 100);
	ck_assert_uint_eq(seen.count, 2);
	ck_assert_uint_eq(seen.ever, 3);
	ck_assert_int_eq(seen.first, 100);
	ck_assert_int_eq(seen.last, 5000);
}
END_TEST

START_TEST(a_block_shown_twice_in_a_message_counts_once)
{
	struct history history = { .exposure_count = 0 };
	struct exposure_slot twice[] = {
		{ .slot = SPAN("hero"),
		    .option = SPAN("o"),
		    .block = SPAN("a") },
		{ .slot = SPAN("side"),
		    .option = SPAN("o"),
		    .block = SPAN("a") },
	};
	struct exposure entry = entry_of(1, 10, "a");

	entry.slots = twice;
	entry.slot_count = 2;
	entry.state = EXPOSURE_DELIVERED;
	history_append(&history, &entry, arena, NULL);
	ck_assert_uint_eq(
	    history_seen(&history, SPAN("a"), INT64_MIN).count, 1);
	ck_assert_int_eq(fold(&history, 50), 1);
	ck_assert_uint_eq(
	    history_seen(&history, SPAN("a"), INT64_MIN).count, 1);
}
END_TEST

/* The property that folding is for: what was seen stays seen. */
START_TEST(folding_changes_no_count)
{
	static const char *const blocks[] = { "a", "b", "c" };
	struct history history = { .exposure_count = 0 };
	struct block_seen before[3], after;
	struct topic_counts counts, folded;

	for (unsigned i = 0; i < 60; i++) {
		add(&history, i, 10 * (int64_t)i, blocks[i % 3]);
		mark(&history, i,
		    i % 7 == 0 ? EXPOSURE_BOUNCED : EXPOSURE_DELIVERED, 1000);
		if (i % 5 == 0)
			respond(&history, i, 10 * (int64_t)i + 5, "click");
		if (i % 20 == 1)
			respond(
			    &history, i, 10 * (int64_t)i + 5, "unsubscribe");
	}
	for (unsigned i = 0; i < 3; i++)
		before[i] =
		    history_seen(&history, span_str(blocks[i]), INT64_MIN);
	counts = history_topic_counts(&history, SPAN("garden"), false);
	for (int64_t at = 100; at <= 1000; at += 150) {
		struct history half = decode(encode(&history));

		ck_assert_int_eq(fold(&half, at), 1);
		half = decode(encode(&half));
		for (unsigned i = 0; i < 3; i++) {
			after =
			    history_seen(&half, span_str(blocks[i]), INT64_MIN);
			ck_assert_uint_eq(after.ever, before[i].ever);
			ck_assert_int_eq(after.first, before[i].first);
			ck_assert_int_eq(after.last, before[i].last);
		}
		folded = history_topic_counts(&half, SPAN("garden"), false);
		ck_assert_uint_eq(folded.exposures, counts.exposures);
		ck_assert_uint_eq(folded.responses, counts.responses);
		ck_assert_uint_eq(folded.losses, counts.losses);
		ck_assert_int_eq(fold(&half, at), 0);
	}
}
END_TEST

static int64_t
before_of(const void *context, struct span campaign)
{
	ck_assert_ptr_null(context);
	return span_eq(campaign, SPAN("short")) ? 500 : 100;
}

START_TEST(a_campaign_says_how_long_its_entries_are_kept)
{
	const struct history_keep keep = { 50, before_of, NULL };
	struct history history = { .exposure_count = 0 };

	for (unsigned i = 0; i < 4; i++) {
		struct exposure entry = entry_of(i, 90 + 200 * (i / 2), "a");

		entry.campaign = i % 2 ? SPAN("short") : SPAN("long");
		history_append(&history, &entry, arena, NULL);
		respond(&history, i, 490, "click");
	}
	respond(&history, 9, 49, "click");
	respond(&history, 8, 51, "click");
	ck_assert_int_eq(history_fold(&history, &keep, arena, NULL), 1);
	ck_assert_uint_eq(history.exposure_count, 1);
	ck_assert_int_eq(history.exposures[0].time, 290);
	ck_assert(span_eq(history.exposures[0].campaign, SPAN("long")));
	/* Of the one that stays, of the old one's late, and the stray. */
	ck_assert_uint_eq(history.response_count, 3);
	ck_assert_int_eq(history_fold(&history, &keep, arena, NULL), 0);
}
END_TEST

START_TEST(what_is_reserved_is_folded_as_shown)
{
	struct history history = { .exposure_count = 0 };

	add(&history, 1, 10, "a");
	ck_assert_int_eq(fold(&history, 1000), 1);
	ck_assert_uint_eq(history.exposure_count, 0);
	ck_assert_uint_eq(
	    history_seen(&history, SPAN("a"), INT64_MIN).count, 1);
}
END_TEST

START_TEST(what_expired_is_folded_to_nothing)
{
	struct history history = { .exposure_count = 0 };

	add(&history, 1, 10, "a");
	history_expire(&history, 1000, 1000);
	ck_assert_int_eq(fold(&history, 1000), 1);
	ck_assert_uint_eq(history.exposure_count, 0);
	ck_assert_uint_eq(history.folded_count, 0);
}
END_TEST

START_TEST(order_is_that_of_appending)
{
	struct history history = { .exposure_count = 0 };

	add(&history, 1, 500, "a");
	add(&history, 2, 20, "b");
	add(&history, 3, 300, "c");
	history = decode(encode(&history));
	ck_assert_int_eq(history.exposures[0].time, 500);
	ck_assert_int_eq(history.exposures[1].time, 20);
	ck_assert_int_eq(history.exposures[2].time, 300);
}
END_TEST

START_TEST(the_same_response_counts_once)
{
	struct history history = { .exposure_count = 0 };
	struct response response = { .time = 5, .type = SPAN("click") };

	ck_assert_int_eq(history_respond(&history, &response, arena, NULL), 1);
	ck_assert_int_eq(history_respond(&history, &response, arena, NULL), 0);
	response.time = 6;
	ck_assert_int_eq(history_respond(&history, &response, arena, NULL), 1);
	ck_assert_int_eq(fold(&history, 100), 1);
	ck_assert_uint_eq(history.response_count, 0);
	ck_assert_int_eq(history.folded[0].kind, FOLDED_RESPONSE);
	ck_assert_uint_eq(history.folded[0].count, 2);
}
END_TEST

START_TEST(every_state_has_a_word_of_its_own)
{
	for (unsigned i = 0; i < EXPOSURE_STATES; i++)
		for (unsigned j = 0; j < i; j++)
			ck_assert_str_ne(exposure_word((enum exposure_state)i),
			    exposure_word((enum exposure_state)j));
}
END_TEST

START_TEST(one_more_exposure_costs_few_bytes)
{
	struct history history = { .exposure_count = 0 };
	size_t before;

	for (unsigned i = 0; i < 20; i++)
		add(&history, i, 1700000000 + 86400 * (int64_t)i, "block");
	before = encode(&history).len;
	add(&history, 99, 1702000000, "block");
	ck_assert_uint_le(encode(&history).len - before, 32);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("history");
	TCase *tcase = tcase_create("history");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_was_refused_is_of_the_second_format);
	tcase_add_test(tcase, how_it_was_decided_is_of_the_third_format);
	tcase_add_test(tcase, a_record_is_of_the_least_format_that_can_say_it);
	tcase_add_test(tcase, older_formats_hold_nothing_of_the_third);
	tcase_add_test(tcase, how_it_was_decided_costs_a_dozen_bytes);
	tcase_add_test(tcase,
	    an_entry_of_which_nothing_left_gives_way_to_a_copy_that_leaves);
	tcase_add_test(tcase, what_comes_again_with_its_id_is_nothing_new);
	tcase_add_test(tcase, what_was_set_aside_counts_nowhere);
	tcase_add_test(tcase, each_word_is_its_own);
	tcase_add_test(tcase, a_history_comes_back);
	tcase_add_test(tcase, what_is_on_disk_is_read_for_ever);
	tcase_add_test(tcase, what_is_written_is_what_is_on_disk);
	tcase_add_test(tcase, a_propensity_comes_back_to_the_last_bit);
	tcase_add_test(tcase, nothing_is_an_empty_history);
	tcase_add_test(tcase, cut_anywhere_it_is_malformed);
	tcase_add_test(tcase, every_byte_changed_is_read_or_refused);
	tcase_add_test(tcase, a_full_arena_is_a_clean_failure);
	tcase_add_test(tcase, what_does_not_fit_is_never_a_yes);
	tcase_add_test(tcase, one_message_has_one_entry);
	tcase_add_test(tcase, states_move_as_reports_allow);
	tcase_add_test(tcase, a_log_may_be_read_twice);
	tcase_add_test(tcase, only_what_is_reserved_for_too_long_expires);
	tcase_add_test(tcase, only_what_may_have_been_shown_counts_as_seen);
	tcase_add_test(tcase, each_type_of_response_means_what_it_says);
	tcase_add_test(tcase, each_state_has_its_word);
	tcase_add_test(tcase, folded_counts_belong_where_their_last_one_does);
	tcase_add_test(tcase, topics_are_folded_apart);
	tcase_add_test(tcase, the_window_is_open_at_its_beginning);
	tcase_add_test(tcase, a_block_shown_twice_in_a_message_counts_once);
	tcase_add_test(tcase, folding_changes_no_count);
	tcase_add_test(tcase, a_campaign_says_how_long_its_entries_are_kept);
	tcase_add_test(tcase, what_is_reserved_is_folded_as_shown);
	tcase_add_test(tcase, what_expired_is_folded_to_nothing);
	tcase_add_test(tcase, order_is_that_of_appending);
	tcase_add_test(tcase, the_same_response_counts_once);
	tcase_add_test(tcase, every_state_has_a_word_of_its_own);
	tcase_add_test(tcase, one_more_exposure_costs_few_bytes);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
