#include "tools/people/audience.h"

#include <stdlib.h>

#include "milter/template/json_value.h"
#include "milter/liquid/liquid.h"
#include "store/record/key.h"
#include "store/record/profile.h"
#include "store/catalog/schema.h"
#include "milter/decide/trust.h"

/* The profile as the condition sees it. */
struct view {
	struct object object;
	struct audience *audience;
	bool within; /* inside a derived field: no further ones */
};

struct audience {
	struct condition *condition;
	struct expression **derived; /* as schema->fields */
	const struct schema *schema;
	const struct profile *profile;
	struct view outer, inner;
	struct liquid_env env, inner_env;
	int64_t now;
};

static int
convert(const struct observation *seen, struct arena *arena, struct value *out,
    struct err *err)
{
	int status = 1;

	switch (seen->type) {
	case OBSERVED_NUMBER:
		status = value_parse_integer(arena, seen->value, out);
		if (status == 0) {
			struct span copy;

			if (arena_dup(arena, seen->value, &copy) < 0)
				return -1;
			*out = value_float(strtod(copy.at, NULL));
		}
		return status < 0 ? -1 : 1;
	case OBSERVED_BOOLEAN:
		*out = value_bool(span_eq(seen->value, SPAN("true")));
		return 1;
	case OBSERVED_JSON:
		return json_value(seen->value, arena, out, err) < 0 ? -1 : 1;
	case OBSERVED_STRING:
	case OBSERVED_DATE:
		break;
	}
	*out = value_string(seen->value);
	return 1;
}

static int
view_get(const struct object *object, struct span key, uint32_t hash,
    struct arena *arena, struct value *out, struct err *err)
{
	const struct view *view = (const struct view *)object;
	struct audience *audience = view->audience;
	const struct field *field = schema_field(audience->schema, key);
	struct trusted trusted;

	(void)hash;
	if (field && field->derived.len != 0) {
		if (view->within)
			return 0;
		return expression_eval(
			   audience->derived[field - audience->schema->fields],
			   &audience->inner_env, arena, out, err) < 0
			   ? -1
			   : 1;
	}
	if (trust_field(&(struct trust_question){ .schema = audience->schema,
			    .profile = audience->profile,
			    .field = field,
			    .name = key,
			    .now = audience->now },
		arena, &trusted, err) < 0)
		return -1;
	if (trusted.shortfall == SHORTFALL_NONE)
		return convert(trusted.value, arena, out, err);
	if (!field || !field->has_preset)
		return 0;
	*out = value_string(field->preset);
	return 1;
}

static const struct object_type view_type = { "profile", view_get, NULL };

static int
compile_derived(struct audience *audience, struct err *err)
{
	const struct schema *schema = audience->schema;

	audience->derived =
	    calloc(schema->field_count + 1, sizeof(*audience->derived));
	if (!audience->derived)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < schema->field_count; i++)
		if (schema->fields[i].derived.len != 0 &&
		    expression_compile(schema->fields[i].derived, "schema",
			&audience->derived[i], err) < 0)
			return -1;
	return 0;
}

int
audience_open(struct span condition, const char *name,
    const struct schema *schema, int64_t now, struct audience **audience,
    struct err *err)
{
	struct audience *made = calloc(1, sizeof(*made));

	if (!made)
		return err_set(err, ERR_MEMORY, "out of memory");
	made->schema = schema;
	made->now = now;
	made->outer = (struct view){ { &view_type }, made, false };
	made->inner = (struct view){ { &view_type }, made, true };
	made->env.now = made->inner_env.now = now;
	if (condition_compile(condition, name, &made->condition, err) < 0 ||
	    compile_derived(made, err) < 0) {
		audience_close(&made);
		return -1;
	}
	*audience = made;
	return 0;
}

void
audience_close(struct audience **audience)
{
	struct audience *it = *audience;

	if (!it)
		return;
	for (size_t i = 0; it->derived && i < it->schema->field_count; i++)
		if (it->derived[i])
			expression_free(&it->derived[i]);
	free(it->derived);
	if (it->condition)
		condition_free(&it->condition);
	free(it);
	*audience = NULL;
}

/* The names a condition may begin with. */
static int
make_root(const struct audience *audience, const struct view *view,
    struct arena *arena, struct value *root)
{
	struct span address = audience->profile->address;
	struct map *map = map_new(arena, 4), *recipient = map_new(arena, 4);

	if (!map || !recipient ||
	    map_put(arena, recipient, SPAN("address"), value_string(address)) <
		0 ||
	    map_put(arena, recipient, SPAN("local"),
		value_string(address_local(address))) < 0 ||
	    map_put(arena, recipient, SPAN("domain"),
		value_string(address_domain(address))) < 0 ||
	    map_put(arena, map, SPAN("recipient"), value_map(recipient)) < 0 ||
	    map_put(arena, map, SPAN("profile"), value_object(&view->object)) <
		0)
		return -1;
	*root = value_map(map);
	return 0;
}

int
audience_test(struct audience *audience, const struct profile *profile,
    struct arena *arena, struct err *err)
{
	audience->profile = profile;
	if (make_root(audience, &audience->outer, arena, &audience->env.root) <
		0 ||
	    make_root(audience, &audience->inner, arena,
		&audience->inner_env.root) < 0)
		return err_set(err, ERR_MEMORY, "out of memory");
	return condition_test(audience->condition, &audience->env, arena, err);
}
