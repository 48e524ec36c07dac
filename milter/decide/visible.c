#include "milter/decide/visible.h"

#include "milter/decide/trust.h"
#include "store/record/profile.h"

enum field_class
visible_class(const struct decided_field *field)
{
	/* Without any schema nobody has said how personal a field is. */
	return field->field != NULL ? field->field->class : CLASS_IDENTIFYING;
}

/* Chooses among the observations of a stored field. */
static int
field_survive(const struct decide_request *request, struct arena *arena,
    struct decided_field *out, struct err *err)
{
	static const enum absence absences[SHORTFALLS] = {
		[SHORTFALL_NONE] = ABSENCE_NONE,
		[SHORTFALL_TRUST] = ABSENCE_TRUST,
		[SHORTFALL_STALE] = ABSENCE_STALE,
		[SHORTFALL_INVALID] = ABSENCE_INVALID,
		[SHORTFALL_VALUE] = ABSENCE_VALUE,
	};
	const struct trust_question question = {
		.schema = request->catalog->schema,
		.campaign = request->campaign,
		.profile = request->profile,
		.field = out->field,
		.name = out->name,
		.now = request->now,
	};
	struct trusted trusted;

	if (trust_field(&question, arena, &trusted, err) < 0)
		return -1;
	out->value = trusted.value;
	out->trust = trusted.trust;
	out->conflict = trusted.conflict;
	out->absence = absences[trusted.shortfall];
	return 0;
}

static double
field_threshold(const struct decide_request *request, const struct field *field)
{
	return trust_threshold(
	    request->catalog->schema, request->campaign, field);
}

/* A field as itself: known, not special, valued, trusted. */
static int
field_look(const struct decide_request *request, struct arena *arena,
    struct decided_field *out, struct err *err)
{
	bool schemaless = request->catalog->schema->field_count == 0;

	out->threshold = field_threshold(request, out->field);
	if (out->field == NULL && !schemaless)
		out->absence = ABSENCE_UNKNOWN;
	else if (visible_class(out) == CLASS_SPECIAL)
		out->absence = ABSENCE_SPECIAL;
	else if (request->profile == NULL)
		out->absence = ABSENCE_RECIPIENT;
	else
		return field_survive(request, arena, out, err);
	return 0;
}

/* How a derived field's text is to be read. */
static enum observed_type
observed_type(enum field_type type)
{
	switch (type) {
	case FIELD_NUMBER:
		return OBSERVED_NUMBER;
	case FIELD_BOOLEAN:
		return OBSERVED_BOOLEAN;
	case FIELD_DATE:
		return OBSERVED_DATE;
	case FIELD_LIST:
	case FIELD_JSON:
		return OBSERVED_JSON;
	case FIELD_STRING:
		break;
	}
	return OBSERVED_STRING;
}

/* A derived field: worth as much as the least of what it is made from, and
 * of its source and age. */
static int
field_derive(
    struct decision *decision, struct decided_field *out, struct err *err)
{
	const struct decide_request *request = decision->request;
	struct observation *made;
	struct span text = SPAN_NONE;
	int some = 0;

	out->derived = true;
	out->threshold = field_threshold(request, out->field);
	out->absence = ABSENCE_VALUE;
	if (out->field->class == CLASS_SPECIAL)
		out->absence = ABSENCE_SPECIAL;
	if (request->profile == NULL)
		out->absence = ABSENCE_RECIPIENT;
	if (request->derive == NULL || decision->neutral != ABSENCE_NONE ||
	    out->absence != ABSENCE_VALUE)
		return 0;
	*decision->input = (struct decided_field){ .trust = 1 };
	some = request->derive(request->context, decision, out->field,
	    decision->arena, &text, err);
	if (some <= 0 || text.len == 0)
		return some < 0 ? -1 : 0;
	made = ARENA_NEW(decision->arena, struct observation);
	if (made == NULL)
		return err_set(
		    err, ERR_MEMORY, "no memory for a derived field");
	made->field = out->name;
	made->type = observed_type(out->field->type);
	made->value = text;
	made->source = SPAN("derived");
	made->observed_at = request->now;
	if (decision->input->value != NULL) {
		made->source = decision->input->value->source;
		made->observed_at = decision->input->value->observed_at;
	}
	out->value = made;
	out->trust = decision->input->trust;
	if (field_spelling(out->field, decision->arena, &made->value, err) < 0)
		return -1;
	if (field_fault(out->field, text) != NULL)
		out->absence = ABSENCE_INVALID;
	else
		out->absence = trust_reaches(out->trust, out->threshold)
				   ? ABSENCE_NONE
				   : ABSENCE_TRUST;
	return 0;
}

int
visible_value(const struct decision *decision, struct span name,
    struct decided_field *field, struct err *err)
{
	const struct decide_request *request = decision->request;

	*field = (struct decided_field){ .name = name,
		.field = schema_field(request->catalog->schema, name) };
	if (field->field != NULL && field->field->derived.len != 0) {
		field->absence = ABSENCE_VALUE;
		return 0;
	}
	if (field_look(request, decision->arena, field, err) < 0)
		return -1;
	return field->absence == ABSENCE_NONE && field->value != NULL;
}

/* Whether the copy's intensity shows a field of that class. */
static bool
intensity_shows(enum intensity intensity, enum field_class class)
{
	switch (intensity) {
	case INTENSITY_INDIVIDUAL:
		return class < CLASS_SPECIAL;
	case INTENSITY_SEGMENT:
		return class <= CLASS_CONTEXTUAL;
	case INTENSITY_NEUTRAL:
		break;
	}
	return false;
}

/* The reasons in their order: the field's name and class, then the copy,
 * then the arm, then the value. */
static enum absence
field_absence(
    const struct decision *decision, const struct decided_field *field)
{
	if (field->absence == ABSENCE_UNKNOWN ||
	    field->absence == ABSENCE_SPECIAL)
		return field->absence;
	if (decision->neutral != ABSENCE_NONE)
		return decision->neutral;
	if (!intensity_shows(decision->intensity, visible_class(field)))
		return ABSENCE_CLASS;
	return field->absence;
}

int
visible_fields(struct decision *decision, struct err *err)
{
	const struct decide_request *request = decision->request;
	const struct outline *outline = request->outline;

	decision->input = ARENA_NEW(decision->arena, struct decided_field);
	decision->field_count = outline->field_count;
	decision->fields = arena_calloc(
	    decision->arena, outline->field_count, sizeof *decision->fields);
	if (decision->fields == NULL || decision->input == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the fields");
	for (unsigned i = 0; i < outline->field_count; i++) {
		struct decided_field *field = &decision->fields[i];
		int done;

		field->name = outline->fields[i].name;
		field->field = outline->fields[i].field;
		if (field->field != NULL && field->field->derived.len != 0)
			done = field_derive(decision, field, err);
		else
			done = field_look(request, decision->arena, field, err);
		if (done < 0)
			return -1;
		field->absence = field_absence(decision, field);
	}
	return 0;
}

unsigned
visible_missing(
    const struct decision *decision, const struct outline_uses *uses)
{
	for (unsigned i = 0; i < uses->count; i++)
		if (uses->at[i].needed &&
		    decision->fields[uses->at[i].field].absence != ABSENCE_NONE)
			return uses->at[i].field;
	return OUTLINE_NONE;
}

unsigned
visible_absent(const struct decision *decision, const struct outline_uses *uses)
{
	for (unsigned i = 0; i < uses->count; i++)
		if (uses->at[i].tested &&
		    decision->fields[uses->at[i].field].absence != ABSENCE_NONE)
			return uses->at[i].field;
	return OUTLINE_NONE;
}
