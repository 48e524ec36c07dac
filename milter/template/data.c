#include "milter/template/data.h"

#include <stdio.h>
#include <stdlib.h>

#include "milter/template/json_value.h"
#include "milter/sign/mark.h"
#include "milter/sign/token.h"
#include "milter/decide/measured.h"
#include "milter/decide/notice.h"
#include "store/record/key.h"
#include "store/record/profile.h"

/* One of the data's objects; the language hands it back to its type. */
struct data_view {
	struct object object;
	struct data *data;
};

struct data {
	const struct data_request request;
	const struct decision *decision;
	enum place place; /* of the fragment being rendered */
	struct arena *arena;
	struct liquid_limits limits;
	struct liquid_env env;
	struct liquid_env input_env; /* for fields computed from others */
	struct data_view profile, input, recipient, slot, variant, ref;
};

static const struct data *
data_of(const struct object *object)
{
	return ((const struct data_view *)object)->data;
}

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for the data");
}

/* ---- profile ---- */

static int
number_value(
    struct span text, struct arena *arena, struct value *out, struct err *err)
{
	int integer = value_parse_integer(arena, text, out);
	struct span copy;

	if (integer < 0 || arena_dup(arena, text, &copy) < 0)
		return full(err);
	if (integer == 0)
		*out = value_float(strtod(copy.at, NULL));
	return 1;
}

/* Takes steps of the message's templates. 0 or -1. */
static int
charge(const struct data *data, uint64_t steps, struct err *err)
{
	struct work *work = data->request.work;

	return work_take(work, steps) ? 0 : work_fail(work, err);
}

/* JSON is read anew each time. 1 or -1. */
static int
read_json(const struct data *data, struct span text, struct arena *arena,
    struct value *out, struct err *err)
{
	if (charge(data, 32 + text.len * 2, err) < 0 ||
	    json_value(text, arena, out, err) < 0)
		return -1;
	return 1;
}

static int
observation_value(const struct data *data,
    const struct observation *observation, struct arena *arena,
    struct value *out, struct err *err)
{
	switch (observation->type) {
	case OBSERVED_STRING:
	case OBSERVED_DATE:
		*out = value_string(observation->value);
		return 1;
	case OBSERVED_NUMBER:
		return number_value(observation->value, arena, out, err);
	case OBSERVED_BOOLEAN:
		*out = value_bool(span_eq(observation->value, SPAN("true")));
		return 1;
	case OBSERVED_JSON:
		return read_json(data, observation->value, arena, out, err);
	}
	return 0;
}

/* A field of the schema may say what stands where it is absent. */
static int
preset_value(const struct field *field, struct value *out)
{
	if (field == NULL || !field->has_preset)
		return 0;
	*out = value_string(field->preset);
	return 1;
}

static int
profile_get(const struct object *object, struct span key, uint32_t hash,
    struct arena *arena, struct value *out, struct err *err)
{
	const struct data *data = data_of(object);
	const struct decided_field *field;

	(void)hash;
	if (charge(data, data->decision->field_count / 8, err) < 0)
		return -1;
	field = decision_field(data->decision, key);
	if (field == NULL)
		return 0;
	if (field->absence != ABSENCE_NONE || field->value == NULL)
		return preset_value(field->field, out);
	return observation_value(data, field->value, arena, out, err);
}

static int
input_get(const struct object *object, struct span key, uint32_t hash,
    struct arena *arena, struct value *out, struct err *err)
{
	struct decided_field field;
	int found = decision_input(data_of(object)->decision, key, &field, err);

	(void)hash;
	if (found != 1)
		return found;
	return observation_value(data_of(object), field.value, arena, out, err);
}

/* ---- recipient ---- */

/* Steps for what reads the store or computes a seal. */
enum { LOOKUP = 500, SEALING = 1000, TELLING = 2000 };

static int
token_value(const struct data *data, struct arena *arena, struct value *out,
    struct err *err)
{
	const struct token_keys *keys = data->request.tokens;
	const struct campaign *campaign = data->request.template->campaign;
	struct token_keys own;
	struct token_claim claim = { .tenant = data->request.tenant,
		.campaign = campaign->id,
		.address = data->request.address };
	struct span token;

	if (keys == NULL || keys->secrets.count == 0)
		return err_set(err, ERR_KEY,
		    "recipient.token needs a token-key in inlay.conf");
	if (charge(data, SEALING, err) < 0)
		return -1;
	own = *keys;
	if (campaign->token_ttl > 0)
		own.ttl_ms = (uint64_t)campaign->token_ttl * 1000;
	claim.expires = token_expires(&own, data->request.now);
	if (token_make(&own, &claim, arena, &token, err) < 0)
		return -1;
	*out = value_string(token);
	return 1;
}

static int
recipient_get(const struct object *object, struct span key, uint32_t hash,
    struct arena *arena, struct value *out, struct err *err)
{
	const struct data *data = data_of(object);
	struct span address = data->request.address;

	(void)hash;
	if (span_eq(key, SPAN("token")))
		return token_value(data, arena, out, err);
	if (span_eq(key, SPAN("address")))
		*out = value_string(address);
	else if (span_eq(key, SPAN("local")))
		*out = value_string(address_local(address));
	else if (span_eq(key, SPAN("domain")))
		*out = value_string(address_domain(address));
	else
		return 0;
	return 1;
}

/* ---- ref.TABLE[key] ---- */

struct table_view {
	struct object object;
	const struct data *data;
	const struct table *table;
};

static int
row_get(const struct object *object, struct span key, uint32_t hash,
    struct arena *arena, struct value *out, struct err *err)
{
	const struct table_view *view = (const struct table_view *)object;
	struct span json;
	int found;

	(void)hash;
	if (charge(view->data, LOOKUP + key.len / 8, err) < 0)
		return -1;
	found = table_row(
	    view->data->request.engine, view->table, key, arena, &json, err);
	if (found != 1)
		return found;
	return read_json(view->data, json, arena, out, err);
}

static const struct object_type table_type = { .name = "table",
	.get = row_get };

static int
ref_get(const struct object *object, struct span key, uint32_t hash,
    struct arena *arena, struct value *out, struct err *err)
{
	const struct data *data = data_of(object);
	const struct table *table =
	    catalog_table(data->request.template->catalog, key);
	struct table_view *view;

	(void)hash;
	if (table == NULL)
		return 0;
	view = arena_alloc(arena, sizeof *view);
	if (view == NULL)
		return full(err);
	*view = (struct table_view){ { &table_type }, data, table };
	*out = value_object(&view->object);
	return 1;
}

/* ---- the decision read back ---- */

static const struct outline_option *
shown_option(const struct decision *decision, struct span name)
{
	unsigned at = outline_slot(decision->outline, name);
	const struct decided_slot *slot;

	if (at == OUTLINE_NONE || at >= decision->slot_count)
		return NULL;
	slot = &decision->slots[at];
	return slot->chosen < 0 ? NULL : &slot->slot->options[slot->chosen];
}

static int
slot_get(const struct object *object, struct span key, uint32_t hash,
    struct arena *arena, struct value *out, struct err *err)
{
	const struct outline_option *option =
	    shown_option(data_of(object)->decision, key);

	(void)hash;
	(void)arena;
	(void)err;
	if (option == NULL)
		return 0;
	*out = value_string(option->name);
	return 1;
}

static struct span
shown_variant(const struct decision *decision, struct span name)
{
	for (unsigned i = 0; i < decision->variant_count; i++) {
		const struct decided_variant *at = &decision->variants[i];

		if (span_eq(at->variant->name, name) && at->chosen >= 0)
			return at->variant->arms[at->chosen];
	}
	return SPAN_NONE;
}

static int
variant_get(const struct object *object, struct span key, uint32_t hash,
    struct arena *arena, struct value *out, struct err *err)
{
	struct span shown = shown_variant(data_of(object)->decision, key);

	(void)hash;
	(void)arena;
	(void)err;
	if (shown.at == NULL)
		return 0;
	*out = value_string(shown);
	return 1;
}

static const struct object_type profile_type = { .name = "profile",
	.get = profile_get };
static const struct object_type input_type = { .name = "profile",
	.get = input_get };
static const struct object_type recipient_type = { .name = "recipient",
	.get = recipient_get };
static const struct object_type ref_type = { .name = "ref", .get = ref_get };
static const struct object_type slot_type = { .name = "slot", .get = slot_get };
static const struct object_type variant_type = { .name = "variant",
	.get = variant_get };

/* ---- callbacks of the renderer ---- */

static int
slot_shown(void *host, const struct program *program, unsigned slot,
    struct slot_choice *choice, struct err *err)
{
	const struct data *data = host;
	const struct manifest *manifest = program_manifest(program);
	const struct manifest_slot *at = &manifest->slots[slot];
	const struct outline_option *option =
	    shown_option(data->decision, at->name);

	if (charge(data,
		8 + (at->option_count + data->decision->slot_count) / 4,
		err) < 0)
		return -1;
	if (option == NULL)
		return 0;
	*choice = (struct slot_choice){ MANIFEST_NONE, NULL };
	if (option->stored != NULL) {
		choice->block = template_block(
		    data->request.template, option->stored, data->place);
		return choice->block != NULL;
	}
	for (unsigned i = 0; i < at->option_count; i++)
		if (span_eq(manifest->options[at->first_option + i].name,
			option->name)) {
			choice->option = (int)(at->first_option + i);
			return 1;
		}
	return 0;
}

static int
variant_shown(void *host, const struct program *program, unsigned variant,
    unsigned *when, struct err *err)
{
	const struct data *data = host;
	const struct manifest_variant *at =
	    &program_manifest(program)->variants[variant];
	struct span shown = shown_variant(data->decision, at->name);

	if (charge(data, 8 + at->when_count / 4, err) < 0)
		return -1;
	for (unsigned i = 0; shown.at != NULL && i < at->when_count; i++)
		if (span_eq(at->whens[i], shown)) {
			*when = i;
			return 1;
		}
	return 0;
}

static int
partial_shown(void *host, enum partial_kind kind, struct span name,
    const struct program **program, struct err *err)
{
	const struct data *data = host;
	const struct template *template = data->request.template;
	const struct block *block = catalog_block(template->catalog, name);

	(void)kind;
	(void)err;
	if (block == NULL)
		return 0;
	*program = template_block(template, block, data->place);
	return *program != NULL;
}

/* The campaign says whether the mail explains itself. */
static int
why_shown(void *host, struct arena *arena, struct span *text, struct err *err)
{
	const struct data *data = host;
	uint64_t fields = data->decision->field_count;

	if (!data->request.template->campaign->why)
		return 0;
	/* Each label is compared to those already told. */
	if (charge(data, TELLING + fields * fields / 32, err) < 0)
		return -1;
	return notice_write(data->decision, arena, text, err) < 0 ? -1 : 1;
}

/* ---- the whole ---- */

static int
put(struct data *data, struct map *map, struct span name,
    struct data_view *view, const struct object_type *type)
{
	view->object.type = type;
	view->data = data;
	return map_put(data->arena, map, name, value_object(&view->object));
}

static int
put_campaign(struct data *data, struct map *root)
{
	const struct campaign *campaign = data->request.template->campaign;
	struct map *map = map_new(data->arena, 4);

	if (map == NULL ||
	    map_put(data->arena, map, SPAN("id"), value_string(campaign->id)) <
		0 ||
	    map_put(data->arena, map, SPAN("topic"),
		value_string(campaign->topic)) < 0 ||
	    map_put(data->arena, map, SPAN("about"),
		value_string(campaign->text)) < 0)
		return -1;
	return map_put(data->arena, root, SPAN("campaign"), value_map(map));
}

static int
make_roots(struct data *data)
{
	struct map *root = map_new(data->arena, 8);
	struct map *input = map_new(data->arena, 1);

	if (root == NULL || input == NULL ||
	    put(data, root, SPAN("profile"), &data->profile, &profile_type) <
		0 ||
	    put(data, root, SPAN("recipient"), &data->recipient,
		&recipient_type) < 0 ||
	    put(data, root, SPAN("slot"), &data->slot, &slot_type) < 0 ||
	    put(data, root, SPAN("variant"), &data->variant, &variant_type) <
		0 ||
	    put(data, root, SPAN("ref"), &data->ref, &ref_type) < 0 ||
	    put_campaign(data, root) < 0 ||
	    put(data, input, SPAN("profile"), &data->input, &input_type) < 0)
		return -1;
	data->env.root = value_map(root);
	data->input_env.root = value_map(input);
	return 0;
}

int
data_new(const struct data_request *request, struct arena *arena,
    struct data **data, struct err *err)
{
	const struct campaign *campaign = request->template->campaign;
	struct data *fresh = arena_alloc(arena, sizeof *fresh);
	struct data initial = { .request = *request, .arena = arena };

	if (fresh == NULL)
		return full(err);
	memcpy(fresh, &initial, sizeof initial);
	fresh->limits = liquid_limits_default;
	fresh->limits.output = request->part_max;
	if (request->depth_max != 0)
		fresh->limits.depth = request->depth_max;
	fresh->env = (struct liquid_env){ .now = request->now,
		.zones = request->zones,
		.zone = campaign->zone,
		.locale = campaign->locale,
		.missing = campaign->missing == MISSING_REFUSE ? MISSING_FAIL
							       : MISSING_EMPTY,
		.limits = &fresh->limits,
		.work = request->work,
		.host = fresh,
		.slot = slot_shown,
		.variant = variant_shown,
		.partial = partial_shown,
		.why = why_shown };
	fresh->input_env = (struct liquid_env){ .now = request->now,
		.zones = request->zones,
		.zone = campaign->zone,
		.locale = campaign->locale,
		.missing = MISSING_EMPTY,
		.limits = &fresh->limits,
		.work = request->work };
	if (make_roots(fresh) < 0)
		return full(err);
	*data = fresh;
	return 0;
}

void
data_see(struct data *data, const struct decision *decision)
{
	data->decision = decision;
}

int
data_link_mark(const struct data *data, struct arena *arena, struct span *mark,
    struct err *err)
{
	const struct data_request *request = &data->request;
	static const struct secrets none;

	if (request->tag == NULL ||
	    request->template->campaign->links.domain_count == 0 ||
	    !measured_allowed(data->decision->request))
		return 0;
	if (mark_make(request->tokens ? &request->tokens->secrets : &none,
		request->tenant, request->tag, arena, mark, err) < 0)
		return -1;
	return 1;
}

const struct liquid_env *
data_env(struct data *data, enum place place)
{
	data->place = place;
	return &data->env;
}

/* ---- callbacks of the decision ---- */

/* Every `if` that some part gives the option must be true. */
int
data_option_test(void *context, const struct decision *decision, unsigned slot,
    unsigned option, struct err *err)
{
	struct data *data = context;
	const struct template *template = data->request.template;
	int truth = 1;

	data_see(data, decision);
	for (size_t i = 0; truth == 1 && i < template->option_condition_count;
	     i++) {
		const struct option_condition *at =
		    &template->option_conditions[i];

		if (at->slot == slot && at->option == option)
			truth = program_option_test(at->program, at->index,
			    &data->env, data->arena, err);
	}
	return truth;
}

int
data_block_test(void *context, const struct decision *decision,
    const struct block *block, struct err *err)
{
	struct data *data = context;
	const struct template *template = data->request.template;

	data_see(data, decision);
	for (size_t i = 0; i < template->block_condition_count; i++) {
		const struct block_condition *at =
		    &template->block_conditions[i];
		int truth;

		if (at->block != block)
			continue;
		truth =
		    condition_test(at->condition, &data->env, data->arena, err);
		if (truth < 0)
			return -1;
		if (truth == at->unless)
			return 0;
	}
	return 1;
}

int
data_segment_test(void *context, const struct decision *decision,
    unsigned segment, struct err *err)
{
	struct data *data = context;

	data_see(data, decision);
	return condition_test(data->request.template->segments[segment],
	    &data->env, data->arena, err);
}

int
data_derive(void *context, const struct decision *decision,
    const struct field *field, struct arena *arena, struct span *text,
    struct err *err)
{
	struct data *data = context;
	const struct template *template = data->request.template;
	struct value value;

	data_see(data, decision);
	for (size_t i = 0; i < template->derivation_count; i++) {
		if (template->derivations[i].field != field)
			continue;
		if (expression_eval(template->derivations[i].expression,
			&data->input_env, arena, &value, err) < 0)
			return -1;
		if (value_is_nil(value))
			return 0;
		if (value_text(value, arena, data->request.work, text) < 0)
			return full(err);
		return text->len != 0;
	}
	return 0;
}
