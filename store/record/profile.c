#include "store/record/profile.h"

#include "store/record/pack.h"

#include <stdlib.h>

/*
 * The record: format, flags, address, changed_at, words, consents,
 * observations. Words hold purposes, fields and sources; times count from
 * changed_at, which is near most of them. Format 2 has bounces at its end, and
 * is written where there are some: what has none can be read by versions that
 * know no bounces.
 */
#define FORMAT 1
#define FORMAT_BOUNCES 2

#define OBJECT_PROFILING 1u
#define OBJECT_MARKETING 2u
#define SUPPRESSED 4u
#define RESTRICTED 8u
#define FLAGS_KNOWN 15u

#define STATUS_MASK 3u
#define HAS_REVOKE 4u

#define TYPE_MASK 7u
#define RETRACTED 8u

static int
malformed(struct err *err)
{
	return err_set(err, ERR_INPUT, "a profile record is malformed");
}

static int
out_of_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for a profile");
}

static void
read_consent(struct unpack *in, const struct words *words,
    struct consent *consent, int64_t base)
{
	unsigned char flags;

	consent->type = words_at(words, unpack_uint(in), in);
	consent->source = words_at(words, unpack_uint(in), in);
	flags = unpack_byte(in);
	if ((flags & STATUS_MASK) > CONSENT_REVOKED ||
	    flags > (STATUS_MASK | HAS_REVOKE))
		in->failed = true;
	consent->status = (enum consent_status)(flags & STATUS_MASK);
	consent->at = unpack_time(in, base);
	consent->has_revoke_at = (flags & HAS_REVOKE) != 0;
	if (consent->has_revoke_at)
		consent->revoke_at = unpack_time(in, base);
}

static void
read_observation(struct unpack *in, const struct words *words,
    struct observation *observation, int64_t base)
{
	unsigned char flags;

	observation->field = words_at(words, unpack_uint(in), in);
	observation->source = words_at(words, unpack_uint(in), in);
	flags = unpack_byte(in);
	if ((flags & TYPE_MASK) > OBSERVED_JSON ||
	    flags > (TYPE_MASK | RETRACTED))
		in->failed = true;
	observation->type = (enum observed_type)(flags & TYPE_MASK);
	observation->retracted = (flags & RETRACTED) != 0;
	observation->observed_at = unpack_time(in, base);
	observation->value = unpack_span(in);
}

static int
read_lists(struct unpack *in, const struct words *words, struct arena *arena,
    struct profile *profile)
{
	profile->consent_count = unpack_count(in, 4);
	profile->consents = arena_calloc(
	    arena, profile->consent_count, sizeof *profile->consents);
	if (profile->consents == NULL)
		return -1;
	for (size_t i = 0; i < profile->consent_count; i++)
		read_consent(
		    in, words, &profile->consents[i], profile->changed_at);
	profile->observation_count = unpack_count(in, 5);
	profile->observations = arena_calloc(
	    arena, profile->observation_count, sizeof *profile->observations);
	if (profile->observations == NULL)
		return -1;
	for (size_t i = 0; i < profile->observation_count; i++)
		read_observation(
		    in, words, &profile->observations[i], profile->changed_at);
	return 0;
}

/* In their order, or somebody else wrote them. */
static int
read_bounces(struct unpack *in, struct arena *arena, struct profile *profile)
{
	int64_t day;

	profile->forgiven = day = unpack_int(in);
	profile->bounce_count = unpack_count(in, 2);
	if (day < 0 || day > BOUNCE_DAY_MAX ||
	    profile->bounce_count > BOUNCES_MAX) {
		in->failed = true;
		return 0;
	}
	profile->bounces = arena_calloc(
	    arena, profile->bounce_count, sizeof *profile->bounces);
	if (profile->bounces == NULL)
		return -1;
	for (size_t i = 0; i < profile->bounce_count; i++) {
		struct bounce *bounce = &profile->bounces[i];
		uint64_t later = unpack_uint(in), status = unpack_uint(in);

		if (later == 0 || later > (uint64_t)(BOUNCE_DAY_MAX - day) ||
		    status > bounce_status(5, 999, 999))
			in->failed = true;
		if (in->failed)
			break;
		day += (int64_t)later;
		*bounce = (struct bounce){ day, (uint32_t)status };
	}
	return 0;
}

int
profile_decode(struct span bytes, struct arena *arena, struct profile *profile,
    struct err *err)
{
	struct unpack in = unpack_of(bytes);
	struct words words;
	unsigned char format = unpack_byte(&in), flags;

	*profile = (struct profile){ .changed_at = 0 };
	words_init(&words, arena);
	if (format != FORMAT && format != FORMAT_BOUNCES)
		return err_set(err, ERR_INPUT,
		    "a profile record is of a format this program "
		    "does not know");
	flags = unpack_byte(&in);
	profile->object_profiling = (flags & OBJECT_PROFILING) != 0;
	profile->object_marketing = (flags & OBJECT_MARKETING) != 0;
	profile->suppressed = (flags & SUPPRESSED) != 0;
	profile->restricted = (flags & RESTRICTED) != 0;
	profile->address = unpack_span(&in);
	profile->changed_at = unpack_int(&in);
	if (words_unpack(&words, &in) < 0 ||
	    read_lists(&in, &words, arena, profile) < 0 ||
	    (format == FORMAT_BOUNCES && read_bounces(&in, arena, profile) < 0))
		return out_of_memory(err);
	if (in.failed || in.at != in.end || (flags & ~FLAGS_KNOWN) != 0)
		return malformed(err);
	return 0;
}

static int
time_cmp(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int
consent_cmp(const void *left, const void *right)
{
	const struct consent *a = left, *b = right;
	int order = span_cmp(a->type, b->type);

	return order ? order : time_cmp(a->at, b->at);
}

static int
observation_cmp(const void *left, const void *right)
{
	const struct observation *a = left, *b = right;
	int order = span_cmp(a->field, b->field);

	return order ? order : span_cmp(a->source, b->source);
}

static int
write_consents(
    const struct profile *profile, struct words *words, struct buf *out)
{
	pack_uint(out, profile->consent_count);
	for (size_t i = 0; i < profile->consent_count; i++) {
		const struct consent *consent = &profile->consents[i];
		uint64_t type, source;

		if (words_number(words, consent->type, &type) < 0 ||
		    words_number(words, consent->source, &source) < 0)
			return -1;
		pack_uint(out, type);
		pack_uint(out, source);
		buf_byte(
		    out, (char)((unsigned)consent->status |
				(consent->has_revoke_at ? HAS_REVOKE : 0)));
		pack_time(out, consent->at, profile->changed_at);
		if (consent->has_revoke_at)
			pack_time(out, consent->revoke_at, profile->changed_at);
	}
	return 0;
}

static int
write_observations(
    const struct profile *profile, struct words *words, struct buf *out)
{
	pack_uint(out, profile->observation_count);
	for (size_t i = 0; i < profile->observation_count; i++) {
		const struct observation *seen = &profile->observations[i];
		uint64_t field, source;

		if (words_number(words, seen->field, &field) < 0 ||
		    words_number(words, seen->source, &source) < 0)
			return -1;
		pack_uint(out, field);
		pack_uint(out, source);
		buf_byte(out, (char)((unsigned)seen->type |
				     (seen->retracted ? RETRACTED : 0)));
		pack_time(out, seen->observed_at, profile->changed_at);
		pack_span(out, seen->value);
	}
	return 0;
}

static void
write_bounces(const struct profile *profile, struct buf *out)
{
	int64_t day = profile->forgiven;

	pack_int(out, profile->forgiven);
	pack_uint(out, profile->bounce_count);
	for (size_t i = 0; i < profile->bounce_count; i++) {
		const struct bounce *bounce = &profile->bounces[i];

		pack_uint(out, (uint64_t)(bounce->day - day));
		pack_uint(out, bounce->status);
		day = bounce->day;
	}
}

/* The lists in order; in place where they are, as they nearly always are. */
static int
sorted(const struct profile *profile, struct arena *arena, struct profile *copy)
{
	size_t consents = profile->consent_count * sizeof *copy->consents;
	size_t seen = profile->observation_count * sizeof *copy->observations;
	size_t bounces = profile->bounce_count * sizeof *copy->bounces;

	*copy = *profile;
	copy->consents = arena_alloc(arena, consents);
	copy->observations = arena_alloc(arena, seen);
	copy->bounces = arena_alloc(arena, bounces);
	if (copy->consents == NULL || copy->observations == NULL ||
	    copy->bounces == NULL)
		return -1;
	if (bounces != 0)
		memcpy(copy->bounces, profile->bounces, bounces);
	copy->bounce_count =
	    bounces_settle(copy->bounces, copy->bounce_count, copy->forgiven);
	if (consents != 0) {
		memcpy(copy->consents, profile->consents, consents);
		qsort(copy->consents, copy->consent_count,
		    sizeof *copy->consents, consent_cmp);
	}
	if (seen != 0) {
		memcpy(copy->observations, profile->observations, seen);
		qsort(copy->observations, copy->observation_count,
		    sizeof *copy->observations, observation_cmp);
	}
	return 0;
}

int
profile_encode(const struct profile *profile, struct arena *arena,
    struct buf *out, struct err *err)
{
	unsigned flags = (profile->object_profiling ? OBJECT_PROFILING : 0) |
			 (profile->object_marketing ? OBJECT_MARKETING : 0) |
			 (profile->suppressed ? SUPPRESSED : 0) |
			 (profile->restricted ? RESTRICTED : 0);
	struct profile ordered;
	bool bounced;
	struct words words;
	struct buf lists;

	words_init(&words, arena);
	buf_init(&lists, arena, out->max);
	if (sorted(profile, arena, &ordered) < 0 ||
	    write_consents(&ordered, &words, &lists) < 0 ||
	    write_observations(&ordered, &words, &lists) < 0)
		return out_of_memory(err);
	bounced = ordered.bounce_count != 0 || ordered.forgiven != 0;
	buf_byte(out, bounced ? FORMAT_BOUNCES : FORMAT);
	buf_byte(out, (char)flags);
	pack_span(out, profile->address);
	pack_int(out, profile->changed_at);
	words_pack(&words, out);
	buf_add(out, buf_span(&lists));
	if (bounced)
		write_bounces(&ordered, out);
	if (lists.failed || out->failed)
		return out_of_memory(err);
	return 0;
}

/* The update's word counts where it is newer, or as new and different. */
static bool
observation_replaces(
    const struct observation *ours, const struct observation *theirs)
{
	if (theirs->observed_at != ours->observed_at)
		return theirs->observed_at > ours->observed_at;
	return theirs->type != ours->type ||
	       theirs->retracted != ours->retracted ||
	       !span_eq(theirs->value, ours->value);
}

static int
merge_observation(struct profile *profile, const struct observation *theirs)
{
	for (size_t i = 0; i < profile->observation_count; i++) {
		struct observation *ours = &profile->observations[i];

		if (observation_cmp(ours, theirs) != 0)
			continue;
		if (!observation_replaces(ours, theirs))
			return 0;
		*ours = *theirs;
		return 1;
	}
	profile->observations[profile->observation_count++] = *theirs;
	return 1;
}

static int
merge_consent(struct profile *profile, const struct consent *theirs)
{
	for (size_t i = 0; i < profile->consent_count; i++) {
		struct consent *ours = &profile->consents[i];

		if (consent_cmp(ours, theirs) != 0)
			continue;
		if (ours->status == theirs->status &&
		    ours->has_revoke_at == theirs->has_revoke_at &&
		    ours->revoke_at == theirs->revoke_at)
			return 0;
		*ours = *theirs;
		return 1;
	}
	profile->consents[profile->consent_count++] = *theirs;
	return 1;
}

static int
merge_flag(bool *ours, bool theirs)
{
	if (*ours || !theirs)
		return 0;
	*ours = true;
	return 1;
}

/* Copies the lists with room for the update's. */
static int
widen(
    struct profile *profile, const struct profile *update, struct arena *arena)
{
	size_t consents = profile->consent_count + update->consent_count;
	size_t seen = profile->observation_count + update->observation_count;
	struct consent *consent_list;
	struct observation *list;

	consent_list = arena_calloc(arena, consents, sizeof *consent_list);
	list = arena_calloc(arena, seen, sizeof *list);
	if (consent_list == NULL || list == NULL)
		return -1;
	if (profile->consent_count != 0)
		memcpy(consent_list, profile->consents,
		    profile->consent_count * sizeof *consent_list);
	if (profile->observation_count != 0)
		memcpy(list, profile->observations,
		    profile->observation_count * sizeof *list);
	profile->consents = consent_list;
	profile->observations = list;
	return 0;
}

/* 1 something changed, 0 nothing did, -1 memory. */
static int
add_bounces(struct profile *profile, const struct bounce *list, size_t count,
    int64_t forgiven, struct arena *arena)
{
	size_t was = profile->bounce_count;
	struct bounce *all = arena_calloc(arena, was + count, sizeof *all);
	bool changed = forgiven > profile->forgiven;
	size_t kept;

	if (all == NULL)
		return -1;
	if (was != 0)
		memcpy(all, profile->bounces, was * sizeof *all);
	if (count != 0)
		memcpy(all + was, list, count * sizeof *all);
	if (changed)
		profile->forgiven = forgiven;
	kept = bounces_settle(all, was + count, profile->forgiven);
	changed |= kept != was;
	for (size_t i = 0; !changed && i < kept; i++)
		changed = all[i].day != profile->bounces[i].day ||
			  all[i].status != profile->bounces[i].status;
	profile->bounces = all;
	profile->bounce_count = kept;
	return changed;
}

int
profile_bounce(struct profile *profile, const struct bounce *bounce,
    struct arena *arena, struct err *err)
{
	int changed;

	if (bounce_kind(bounce->status) == BOUNCE_NONE || bounce->day <= 0 ||
	    bounce->day > BOUNCE_DAY_MAX)
		return 0;
	changed = add_bounces(profile, bounce, 1, profile->forgiven, arena);
	return changed < 0 ? out_of_memory(err) : changed;
}

void
profile_forgive(struct profile *profile, int64_t day)
{
	if (day > profile->forgiven)
		profile->forgiven = day;
	profile->bounce_count = bounces_settle(
	    profile->bounces, profile->bounce_count, profile->forgiven);
}

int
profile_merge(struct profile *profile, const struct profile *update,
    struct arena *arena, struct err *err)
{
	int changed = add_bounces(profile, update->bounces,
	    update->bounce_count, update->forgiven, arena);

	if (changed < 0 || widen(profile, update, arena) < 0)
		return out_of_memory(err);
	if (profile->address.len == 0 && update->address.len != 0) {
		profile->address = update->address;
		changed = 1;
	}
	changed |=
	    merge_flag(&profile->object_profiling, update->object_profiling);
	changed |=
	    merge_flag(&profile->object_marketing, update->object_marketing);
	changed |= merge_flag(&profile->suppressed, update->suppressed);
	changed |= merge_flag(&profile->restricted, update->restricted);
	for (size_t i = 0; i < update->consent_count; i++)
		changed |= merge_consent(profile, &update->consents[i]);
	for (size_t i = 0; i < update->observation_count; i++)
		changed |= merge_observation(profile, &update->observations[i]);
	if (profile->consent_count != 0)
		qsort(profile->consents, profile->consent_count,
		    sizeof *profile->consents, consent_cmp);
	if (profile->observation_count != 0)
		qsort(profile->observations, profile->observation_count,
		    sizeof *profile->observations, observation_cmp);
	if (changed && update->changed_at > profile->changed_at)
		profile->changed_at = update->changed_at;
	return changed;
}

const struct observation *
profile_observations(
    const struct profile *profile, struct span field, size_t *count)
{
	const struct observation *first = profile->observations;
	const struct observation *end = first + profile->observation_count;

	while (first < end && !span_eq(first->field, field))
		first++;
	*count = 0;
	while (first + *count < end && span_eq(first[*count].field, field))
		++*count;
	return *count ? first : NULL;
}

int
profile_forget(struct profile *profile, struct span field)
{
	size_t kept = 0;

	for (size_t i = 0; i < profile->observation_count; i++)
		if (!span_eq(profile->observations[i].field, field))
			profile->observations[kept++] =
			    profile->observations[i];
	if (kept == profile->observation_count)
		return 0;
	profile->observation_count = kept;
	return 1;
}
