/*
 * What the tests of the decision share: a schema, a campaign, people, and an
 * outline built without templates. Conditions are "field=value".
 */
#ifndef INLAY_TESTS_KIT_DECIDE_H
#define INLAY_TESTS_KIT_DECIDE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "milter/decide/decide.h"
#include "store/record/history.h"
#include "store/record/profile.h"
#include "tests/milter/decide/kit_outline.h"
#include "tests/suite.h"

#define NOW 1800000000
#define DAYS(n) ((int64_t)(n)*86400)

static const char kit_schema[] =
    "fields:\n"
    "  city: {class: contextual, label: {en: city, de: Wohnort, fr: ville}}\n"
    "  segment: {class: public, label: {en: interests, fr: go\303\273ts}}\n"
    "  first_name: {class: identifying, placeholders: [test],"
    " pattern: '[^\\W\\d_]+'}\n"
    "  title: {class: identifying, default: friend}\n"
    "  birth_date: {class: identifying, type: date}\n"
    "  age_band: {class: contextual, derived: profile.birth_date}\n"
    "  bought: {class: behavioural, max_age: 100d}\n"
    "  health: {class: special}\n"
    "  cluster: {class: contextual}\n"
    "sources:\n"
    "  crm: {weight: 90, rank: 1, label: {en: your orders, fr-CA: vos achats,"
    " fr: vos commandes}}\n"
    "  form: {weight: 70, decay: half_life, period: 365d, rank: 2}\n"
    "  coreg: {weight: 30, rank: 3}\n"
    "min_trust: 0.5\n"
    "cluster: cluster\n";

static const char kit_campaign[] = "id: spring\n"
				   "topic: garden\n"
				   "arms:\n"
				   "  - {name: personal}\n";

struct kit {
	struct arena *arena;
	struct catalog *catalog;
	const struct campaign *campaign;
	struct outline *outline;
	struct profile profile;
	struct history history;
	struct decide_request request;
	struct decision *decision;
	struct err err;
};

static inline void
kit_add(struct kit *kit, struct span key, const char *text)
{
	ck_assert_msg(
	    catalog_add(kit->catalog, key, span_str(text), &kit->err) == 0,
	    "%.*s: %u: %s", SPAN_ARG(key), kit->err.line, kit->err.text);
}

/* Blocks and cells may be added between kit_begin and kit_ready. */
static inline void
kit_begin(struct kit *kit, const char *campaign)
{
	*kit = (struct kit){ .err = ERR_INIT };
	kit->arena = arena_new(4 << 20);
	kit->catalog = catalog_new(8 << 20);
	ck_assert_ptr_nonnull(kit->arena);
	ck_assert_ptr_nonnull(kit->catalog);
	kit_add(kit, SPAN("schema"), kit_schema);
	kit_add(kit, SPAN("campaign/spring"), campaign);
}

static inline int kit_test(void *context, const struct decision *decision,
    unsigned slot, unsigned option, struct err *err);

static inline void
kit_ready(struct kit *kit)
{
	ck_assert_int_eq(catalog_seal(kit->catalog, &kit->err), 0);
	kit->campaign = catalog_campaign(kit->catalog, SPAN("spring"));
	ck_assert_ptr_nonnull(kit->campaign);
	kit->outline = outline_new(kit->arena, kit->catalog);
	kit->profile.address = SPAN("anna@example.org");
	kit->request = (struct decide_request){
		.catalog = kit->catalog,
		.campaign = kit->campaign,
		.profile = &kit->profile,
		.history = &kit->history,
		.outline = kit->outline,
		.unit = SPAN("anna@example.org"),
		.now = NOW,
		.option_test = kit_test,
		.context = kit,
	};
}

static inline void
kit_end(struct kit *kit)
{
	catalog_free(&kit->catalog);
	arena_free(&kit->arena);
}

static inline void
kit_observe_at(struct kit *kit, const char *field, const char *value,
    const char *source, int64_t at)
{
	struct observation *one = calloc(1, sizeof *one);
	struct profile update = { .address = kit->profile.address,
		.observations = one,
		.observation_count = 1 };

	ck_assert_ptr_nonnull(one);
	*one = (struct observation){ span_str(field), OBSERVED_STRING,
		span_str(value), span_str(source), at, false };
	ck_assert_int_ge(
	    profile_merge(&kit->profile, &update, kit->arena, &kit->err), 0);
	free(one);
}

static inline void
kit_observe(struct kit *kit, const char *field, const char *value)
{
	kit_observe_at(kit, field, value, "crm", NOW - DAYS(10));
}

static inline void
kit_consent(struct kit *kit, const char *type, enum consent_status status)
{
	struct consent *one = ARENA_NEW(kit->arena, struct consent);

	*one = (struct consent){
		.type = span_str(type), .status = status, .at = NOW - DAYS(5)
	};
	kit->profile.consents = one;
	kit->profile.consent_count = 1;
}

static inline unsigned
kit_slot(struct kit *kit, const char *name, const char *pool)
{
	unsigned slot;

	ck_assert_int_eq(outline_put_slot(kit->outline, span_str(name),
			     span_str(pool), &slot, &kit->err),
	    0);
	return slot;
}

static inline struct outline_uses *
kit_option(struct kit *kit, unsigned slot, const char *name, const char *block)
{
	unsigned option;

	ck_assert_int_eq(
	    outline_put_option(kit->outline, slot, span_str(name),
		span_str(block), strchr(name, '=') != NULL, &option, &kit->err),
	    0);
	return &kit->outline->slots[slot].options[option].uses;
}

/* NULL: outside of any slot. */
static inline void
kit_use(
    struct kit *kit, struct outline_uses *uses, const char *path, bool needed)
{
	struct outline_use place = { .needed = needed };

	ck_assert_int_eq(
	    outline_put_use(kit->outline, uses ? uses : &kit->outline->outside,
		span_str(path), &place, &kit->err),
	    0);
}

static inline int
kit_decide(struct kit *kit)
{
	int decided =
	    decide(&kit->request, kit->arena, &kit->decision, &kit->err);

	ck_assert_msg(decided >= 0, "%s", kit->err.text);
	return decided;
}

static inline enum absence
kit_absence(const struct kit *kit, const char *field)
{
	const struct decided_field *found =
	    decision_field(kit->decision, span_str(field));

	ck_assert_ptr_nonnull(found);
	return found->absence;
}

/* The name of what the slot shows; "" for its else. */
static inline struct span
kit_shown(const struct kit *kit, unsigned slot)
{
	const struct decided_slot *decided = &kit->decision->slots[slot];

	return decided->chosen < 0
		   ? SPAN("")
		   : decided->slot->options[decided->chosen].name;
}

static inline enum loss
kit_loss(const struct kit *kit, unsigned slot, const char *option)
{
	unsigned at =
	    outline_option(kit->decision->slots[slot].slot, span_str(option));

	ck_assert_uint_ne(at, OUTLINE_NONE);
	return kit->decision->slots[slot].options[at].loss;
}

/* An option named "field=value" is true where the field is visible and has
 * that value. */
static inline int
kit_test(void *context, const struct decision *decision, unsigned slot,
    unsigned option, struct err *err)
{
	struct span name = decision->slots[slot].slot->options[option].name;
	size_t equals = span_find(name, '=');
	const struct decided_field *field =
	    decision_field(decision, span_first(name, equals));

	(void)context;
	(void)err;
	return field != NULL && field->absence == ABSENCE_NONE &&
	       span_eq(field->value->value, span_from(name, equals + 1));
}

/* Adds what was decided to the history, as delivered at that time. */
static inline void
kit_expose(struct kit *kit, int64_t at)
{
	static unsigned char number;
	struct exposure entry = { .state = EXPOSURE_DELIVERED,
		.channel = SPAN("email") };

	ck_assert_int_eq(
	    decision_record(kit->decision, at, kit->arena, &entry, &kit->err),
	    0);
	entry.tag[0] = ++number;
	ck_assert_int_eq(
	    history_append(&kit->history, &entry, kit->arena, &kit->err), 1);
}

#define ASSERT_SPAN(got, text) \
	do { \
		struct span got_ = (got); \
		ck_assert_msg(span_eq(got_, span_str(text)), \
		    "expected %s, got %.*s", (text), SPAN_ARG(got_)); \
	} while (0)

#endif
