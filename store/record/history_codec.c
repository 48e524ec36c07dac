#include "store/record/history.h"

#include "store/record/pack.h"

/*
 * The record: format, words, exposures, folded, responses, topics. Names
 * come again in nearly every entry, so all of them are words; times count
 * from the entry before. One more entry of a known campaign costs some
 * thirty bytes, eight of them the tag.
 *
 * Format 2 has refused entries. Format 3 has aborted ones, entries that tell
 * how they were decided (TOLD) and responses with an id and more. A record is
 * of the least format that can say what it holds, so that a version that
 * knows no better reads what it can.
 */
#define FORMAT 1
#define FORMAT_REFUSED 2
#define FORMAT_TOLD 3

#define STATE_MASK 7u
#define PERSONAL 8u
#define STATE_AT 16u   /* differs from time */
#define DECISION 32u   /* not empty */
#define PROPENSITY 64u /* other than 1: see write_propensity */
#define TOLD 128u      /* format 3: see write_told */

/* Of a told entry, in one byte. */
#define REASON_MASK 15u
#define ELIGIBLE_SHIFT 4

/* Of a response; the last three are of format 3. */
#define RESPONSE_TAG 1u
#define RESPONSE_VALUE 2u
#define RESPONSE_HAS_ID 4u
#define RESPONSE_PLACE 8u /* campaign, channel or currency */
#define RESPONSE_ASIDE 16u

/* Propensities are ten-thousandths nearly always. */
#define PARTS 10000

static int
malformed(struct err *err)
{
	return err_set(err, ERR_INPUT, "a history record is malformed");
}

static int
out_of_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for a history");
}

/* What reading needs all the way down. */
struct history_reader {
	struct unpack in;
	struct words words;
	struct arena *arena;
	int64_t time; /* of the entry before */
	bool full;    /* the arena is */
	unsigned char format;
};

static struct span
read_word(struct history_reader *reader)
{
	return words_at(&reader->words, unpack_uint(&reader->in), &reader->in);
}

static int64_t
read_time(struct history_reader *reader)
{
	reader->time = unpack_time(&reader->in, reader->time);
	return reader->time;
}

static void
read_tag(struct history_reader *reader, unsigned char tag[KEY_TAG])
{
	struct span bytes = unpack_bytes(&reader->in, KEY_TAG);

	if (bytes.len == KEY_TAG)
		memcpy(tag, bytes.at, KEY_TAG);
}

/* Room for count things; zero on failure, noted in the reader. */
static void *
read_list(
    struct history_reader *reader, size_t least, size_t size, size_t *count)
{
	void *list;

	*count = unpack_count(&reader->in, least);
	list = arena_calloc(reader->arena, *count, size);
	if (list == NULL) {
		reader->full = true;
		reader->in.failed = true;
		*count = 0;
	}
	return list;
}

static void
read_slots(struct history_reader *reader, struct exposure *exposure)
{
	exposure->slots = read_list(
	    reader, 3, sizeof *exposure->slots, &exposure->slot_count);
	for (size_t i = 0; i < exposure->slot_count; i++) {
		struct exposure_slot *slot = &exposure->slots[i];
		uint64_t number = unpack_uint(&reader->in);

		slot->variant = (number & 1) != 0;
		slot->slot = words_at(&reader->words, number >> 1, &reader->in);
		slot->option = read_word(reader);
		slot->block = read_word(reader);
	}
	exposure->fields = read_list(
	    reader, 1, sizeof *exposure->fields, &exposure->field_count);
	for (size_t i = 0; i < exposure->field_count; i++)
		exposure->fields[i] = read_word(reader);
}

static double
read_propensity(struct history_reader *reader)
{
	uint64_t parts = unpack_uint(&reader->in);

	if (parts != 0)
		return (double)parts / PARTS;
	return unpack_double(&reader->in);
}

/* How it was decided: reason and eligible, segment, cluster, and of each slot
 * what write_told says. */
static void
read_told(struct history_reader *reader, struct exposure *exposure)
{
	unsigned why = unpack_byte(&reader->in);

	if ((why & REASON_MASK) >= REASONS ||
	    why >> ELIGIBLE_SHIFT >= ELIGIBLES) {
		reader->in.failed = true;
		return;
	}
	exposure->reason = (enum exposure_reason)(why & REASON_MASK);
	exposure->eligible = (enum exposure_eligible)(why >> ELIGIBLE_SHIFT);
	exposure->segment = read_word(reader);
	exposure->cluster = read_word(reader);
	for (size_t i = 0; i < exposure->slot_count; i++) {
		struct exposure_slot *slot = &exposure->slots[i];
		unsigned char fall;

		if (slot->variant) {
			slot->propensity = read_propensity(reader);
		} else if (slot->option.len == 0) {
			fall = unpack_byte(&reader->in);
			reader->in.failed |= fall >= FALLS;
			slot->fall =
			    fall < FALLS ? (enum slot_fall)fall : FALL_NONE;
		}
	}
}

/* What an entry of this format may be. */
static bool
flags_known(const struct history_reader *reader, unsigned flags)
{
	return reader->format >= FORMAT_TOLD ||
	       ((flags & TOLD) == 0 && (flags & STATE_MASK) < EXPOSURE_ABORTED);
}

static void
read_exposure(struct history_reader *reader, struct exposure *exposure)
{
	unsigned flags = unpack_byte(&reader->in);

	if (!flags_known(reader, flags))
		reader->in.failed = true;
	exposure->state = (enum exposure_state)(flags & STATE_MASK);
	exposure->personal = (flags & PERSONAL) != 0;
	read_tag(reader, exposure->tag);
	exposure->time = exposure->state_at = read_time(reader);
	if (flags & STATE_AT)
		exposure->state_at = unpack_time(&reader->in, exposure->time);
	exposure->propensity =
	    flags & PROPENSITY ? read_propensity(reader) : 1.0;
	exposure->campaign = read_word(reader);
	exposure->topic = read_word(reader);
	exposure->arm = read_word(reader);
	exposure->lane = read_word(reader);
	exposure->channel = read_word(reader);
	exposure->version = read_word(reader);
	exposure->edition = unpack_uint(&reader->in);
	read_slots(reader, exposure);
	if (flags & DECISION)
		exposure->decision = unpack_span(&reader->in);
	if (flags & TOLD)
		read_told(reader, exposure);
}

static void
read_folded(struct history_reader *reader, struct folded *folded)
{
	uint64_t number = unpack_uint(&reader->in);

	if ((number & 3) > FOLDED_RESPONSE)
		reader->in.failed = true;
	folded->kind = (enum folded_kind)(number & 3);
	folded->name = words_at(&reader->words, number >> 2, &reader->in);
	folded->count = unpack_uint(&reader->in);
	folded->first = unpack_int(&reader->in);
	folded->last = unpack_time(&reader->in, folded->first);
}

/* What format 3 adds to a response. */
static void
read_circumstances(
    struct history_reader *reader, unsigned flags, struct response *response)
{
	struct span id;
	unsigned char aside;

	if (flags & RESPONSE_HAS_ID) {
		id = unpack_bytes(&reader->in, RESPONSE_ID);
		if (id.len == RESPONSE_ID)
			memcpy(response->id, id.at, RESPONSE_ID);
	}
	if (flags & RESPONSE_PLACE) {
		response->campaign = read_word(reader);
		response->channel = read_word(reader);
		response->currency = read_word(reader);
	}
	if (flags & RESPONSE_ASIDE) {
		aside = unpack_byte(&reader->in);
		reader->in.failed |= aside >= ASIDES;
		response->aside =
		    aside < ASIDES ? (enum response_aside)aside : ASIDE_NOT;
	}
}

static void
read_response(struct history_reader *reader, struct response *response)
{
	unsigned flags = unpack_byte(&reader->in);

	if (flags >= (reader->format >= FORMAT_TOLD ? RESPONSE_ASIDE << 1
						    : RESPONSE_HAS_ID))
		reader->in.failed = true;
	if (flags & RESPONSE_TAG)
		read_tag(reader, response->tag);
	response->time = read_time(reader);
	response->type = read_word(reader);
	response->topic = read_word(reader);
	if (flags & RESPONSE_VALUE)
		response->value = unpack_double(&reader->in);
	read_circumstances(reader, flags, response);
}

static void
read_topic_counts(struct history_reader *reader, struct topic_counts *counts)
{
	uint64_t number = unpack_uint(&reader->in);

	counts->personal = (number & 1) != 0;
	counts->topic = words_at(&reader->words, number >> 1, &reader->in);
	counts->exposures = unpack_uint(&reader->in);
	counts->responses = unpack_uint(&reader->in);
	counts->losses = unpack_uint(&reader->in);
}

static void
read_all(struct history_reader *reader, struct history *history)
{
	history->exposures = read_list(
	    reader, 19, sizeof *history->exposures, &history->exposure_count);
	for (size_t i = 0; i < history->exposure_count; i++)
		read_exposure(reader, &history->exposures[i]);
	history->folded = read_list(
	    reader, 4, sizeof *history->folded, &history->folded_count);
	for (size_t i = 0; i < history->folded_count; i++)
		read_folded(reader, &history->folded[i]);
	reader->time = 0;
	history->responses = read_list(
	    reader, 4, sizeof *history->responses, &history->response_count);
	for (size_t i = 0; i < history->response_count; i++)
		read_response(reader, &history->responses[i]);
	history->topics = read_list(
	    reader, 4, sizeof *history->topics, &history->topic_count);
	for (size_t i = 0; i < history->topic_count; i++)
		read_topic_counts(reader, &history->topics[i]);
}

int
history_decode(struct span bytes, struct arena *arena, struct history *history,
    struct err *err)
{
	struct history_reader reader = { .in = unpack_of(bytes),
		.arena = arena };

	*history = (struct history){ .exposure_count = 0 };
	if (bytes.len == 0)
		return 0;
	words_init(&reader.words, arena);
	reader.format = unpack_byte(&reader.in);
	if (reader.format < FORMAT || reader.format > FORMAT_TOLD)
		return err_set(err, ERR_INPUT,
		    "a history record is of a format this program "
		    "does not know");
	if (words_unpack(&reader.words, &reader.in) < 0)
		return out_of_memory(err);
	read_all(&reader, history);
	if (reader.full)
		return out_of_memory(err);
	if (reader.in.failed || reader.in.at != reader.in.end)
		return malformed(err);
	return 0;
}

struct history_writer {
	struct words words;
	struct buf out;
	int64_t time;
	bool full;
};

static uint64_t
number_of(struct history_writer *writer, struct span word)
{
	uint64_t number;

	if (words_number(&writer->words, word, &number) < 0)
		writer->full = true;
	return number;
}

static void
write_word(struct history_writer *writer, struct span word)
{
	pack_uint(&writer->out, number_of(writer, word));
}

static void
write_time(struct history_writer *writer, int64_t time)
{
	pack_time(&writer->out, time, writer->time);
	writer->time = time;
}

/* As parts where that gives the very same number back, else in full. */
static void
write_propensity(struct history_writer *writer, double propensity)
{
	double parts = propensity * PARTS;
	uint64_t whole =
	    parts >= 1 && parts < 1e9 ? (uint64_t)(parts + 0.5) : 0;

	/* Equal to the last bit, or the recomputation in audit differs. */
	if (whole != 0 && !((double)whole / PARTS < propensity) &&
	    !((double)whole / PARTS > propensity)) {
		pack_uint(&writer->out, whole);
		return;
	}
	pack_uint(&writer->out, 0);
	pack_double(&writer->out, propensity);
}

static bool
is_one(double number)
{
	return !(number < 1.0) && !(number > 1.0);
}

/* Whether the entry holds anything that format 3 has and the others have not:
 * entries of before cost no byte more beside new ones. */
static bool
is_told(const struct exposure *exposure)
{
	if (exposure->reason != REASON_UNKNOWN ||
	    exposure->eligible != ELIGIBLE_UNKNOWN ||
	    exposure->segment.len != 0 || exposure->cluster.len != 0)
		return true;
	for (size_t i = 0; i < exposure->slot_count; i++)
		if (exposure->slots[i].variant
			? exposure->slots[i].propensity > 0
			: exposure->slots[i].option.len == 0 &&
			      exposure->slots[i].fall != FALL_NONE)
			return true;
	return false;
}

static unsigned
flags_of(const struct exposure *exposure)
{
	return (unsigned)exposure->state | (exposure->personal ? PERSONAL : 0) |
	       (exposure->state_at != exposure->time ? STATE_AT : 0) |
	       (exposure->decision.len ? DECISION : 0) |
	       (is_one(exposure->propensity) ? 0 : PROPENSITY) |
	       (is_told(exposure) ? TOLD : 0);
}

/* A variant's slot says how probable its choice was, one that shows its else
 * says why. */
static void
write_told(struct history_writer *writer, const struct exposure *exposure)
{
	buf_byte(&writer->out,
	    (char)((unsigned)exposure->reason | (unsigned)exposure->eligible
						    << ELIGIBLE_SHIFT));
	write_word(writer, exposure->segment);
	write_word(writer, exposure->cluster);
	for (size_t i = 0; i < exposure->slot_count; i++) {
		const struct exposure_slot *slot = &exposure->slots[i];

		if (slot->variant)
			write_propensity(writer, slot->propensity);
		else if (slot->option.len == 0)
			buf_byte(&writer->out, (char)slot->fall);
	}
}

static void
write_exposure(struct history_writer *writer, const struct exposure *exposure)
{
	unsigned flags = flags_of(exposure);

	buf_byte(&writer->out, (char)flags);
	buf_add(&writer->out, span_of(exposure->tag, KEY_TAG));
	write_time(writer, exposure->time);
	if (flags & STATE_AT)
		pack_time(&writer->out, exposure->state_at, exposure->time);
	if (flags & PROPENSITY)
		write_propensity(writer, exposure->propensity);
	write_word(writer, exposure->campaign);
	write_word(writer, exposure->topic);
	write_word(writer, exposure->arm);
	write_word(writer, exposure->lane);
	write_word(writer, exposure->channel);
	write_word(writer, exposure->version);
	pack_uint(&writer->out, exposure->edition);
	pack_uint(&writer->out, exposure->slot_count);
	for (size_t i = 0; i < exposure->slot_count; i++) {
		const struct exposure_slot *slot = &exposure->slots[i];

		pack_uint(&writer->out, number_of(writer, slot->slot) << 1 |
					    (slot->variant ? 1 : 0));
		write_word(writer, slot->option);
		write_word(writer, slot->block);
	}
	pack_uint(&writer->out, exposure->field_count);
	for (size_t i = 0; i < exposure->field_count; i++)
		write_word(writer, exposure->fields[i]);
	if (flags & DECISION)
		pack_span(&writer->out, exposure->decision);
	if (flags & TOLD)
		write_told(writer, exposure);
}

/* Whether any of the bytes is not zero. */
static bool
has_bytes(const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != 0)
			return true;
	return false;
}

static unsigned
response_flags(const struct response *response)
{
	bool value = response->value < 0 || response->value > 0;
	bool place = response->campaign.len != 0 ||
		     response->channel.len != 0 || response->currency.len != 0;

	return (has_bytes(response->tag, KEY_TAG) ? RESPONSE_TAG : 0) |
	       (value ? RESPONSE_VALUE : 0) |
	       (has_bytes(response->id, RESPONSE_ID) ? RESPONSE_HAS_ID : 0) |
	       (place ? RESPONSE_PLACE : 0) |
	       (response->aside != ASIDE_NOT ? RESPONSE_ASIDE : 0);
}

static void
write_response(struct history_writer *writer, const struct response *response)
{
	unsigned flags = response_flags(response);

	buf_byte(&writer->out, (char)flags);
	if (flags & RESPONSE_TAG)
		buf_add(&writer->out, span_of(response->tag, KEY_TAG));
	write_time(writer, response->time);
	write_word(writer, response->type);
	write_word(writer, response->topic);
	if (flags & RESPONSE_VALUE)
		pack_double(&writer->out, response->value);
	if (flags & RESPONSE_HAS_ID)
		buf_add(&writer->out, span_of(response->id, RESPONSE_ID));
	if (flags & RESPONSE_PLACE) {
		write_word(writer, response->campaign);
		write_word(writer, response->channel);
		write_word(writer, response->currency);
	}
	if (flags & RESPONSE_ASIDE)
		buf_byte(&writer->out, (char)response->aside);
}

static void
write_counts(struct history_writer *writer, const struct history *history)
{
	pack_uint(&writer->out, history->topic_count);
	for (size_t i = 0; i < history->topic_count; i++) {
		const struct topic_counts *counts = &history->topics[i];

		pack_uint(&writer->out, number_of(writer, counts->topic) << 1 |
					    (counts->personal ? 1 : 0));
		pack_uint(&writer->out, counts->exposures);
		pack_uint(&writer->out, counts->responses);
		pack_uint(&writer->out, counts->losses);
	}
}

static void
write_folded(struct history_writer *writer, const struct folded *folded)
{
	pack_uint(&writer->out,
	    number_of(writer, folded->name) << 2 | (uint64_t)folded->kind);
	pack_uint(&writer->out, folded->count);
	pack_int(&writer->out, folded->first);
	pack_time(&writer->out, folded->last, folded->first);
}

/* The least that can say it all. */
static char
format_of(const struct history *history)
{
	char format = FORMAT;

	for (size_t i = 0; i < history->exposure_count; i++) {
		const struct exposure *exposure = &history->exposures[i];

		if (exposure->state == EXPOSURE_ABORTED || is_told(exposure))
			return FORMAT_TOLD;
		if (exposure->state == EXPOSURE_REFUSED)
			format = FORMAT_REFUSED;
	}
	for (size_t i = 0; i < history->response_count; i++)
		if (response_flags(&history->responses[i]) >= RESPONSE_HAS_ID)
			return FORMAT_TOLD;
	return format;
}

int
history_encode(const struct history *history, struct arena *arena,
    struct buf *out, struct err *err)
{
	struct history_writer writer = { .time = 0 };

	words_init(&writer.words, arena);
	buf_init(&writer.out, arena, out->max);
	pack_uint(&writer.out, history->exposure_count);
	for (size_t i = 0; i < history->exposure_count; i++)
		write_exposure(&writer, &history->exposures[i]);
	pack_uint(&writer.out, history->folded_count);
	for (size_t i = 0; i < history->folded_count; i++)
		write_folded(&writer, &history->folded[i]);
	writer.time = 0;
	pack_uint(&writer.out, history->response_count);
	for (size_t i = 0; i < history->response_count; i++)
		write_response(&writer, &history->responses[i]);
	write_counts(&writer, history);
	buf_byte(out, format_of(history));
	words_pack(&writer.words, out);
	buf_add(out, buf_span(&writer.out));
	if (writer.full || writer.out.failed || out->failed)
		return out_of_memory(err);
	return 0;
}
