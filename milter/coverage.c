#include "milter/coverage.h"

#include "milter/sign/covered.h"
#include "milter/template/template.h"

/* What is done with them depends on whose word they are. */
static const char *const steering[] = { "Bcc", "Disposition-Notification-To",
	"Errors-To", "Mail-Followup-To", "Mail-Reply-To", "Return-Receipt-To",
	"X-Confirm-Reading-To", NULL };

static const char *const families[] = { "Content-", "List-", "Resent-" };

enum { FAMILIES = sizeof families / sizeof families[0] };

static bool
is_any_of(struct span name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (span_caseeq(name, span_str(*names)))
			return true;
	return false;
}

static bool
is_of_family(struct span name)
{
	for (unsigned i = 0; i < FAMILIES; i++) {
		struct span family = span_str(families[i]);

		if (span_caseeq(span_first(name, family.len), family))
			return true;
	}
	return false;
}

static bool
is_guarded(struct span name, struct span campaign_header,
    const char *const *signed_names)
{
	if (span_caseeq(name, SPAN("Date")))
		return false;
	return span_caseeq(name, campaign_header) || is_of_family(name) ||
	       is_any_of(name, steering) || is_any_of(name, signed_names);
}

/* Of several fields of a name the bottom ones are covered: all must be. */
static bool
is_covered(const struct fields *fields, struct span name, struct span covered)
{
	unsigned count = covered_count(covered, name);

	return count != 0 && fields_find(fields, name, count + 1) == NULL;
}

int
coverage_check(struct span message, struct span covered,
    struct span campaign_header, const char *const *signed_names,
    struct arena *arena, struct err *err)
{
	struct fields fields;
	size_t used, separator;

	if (fields_read(message, arena, &fields, &used, &separator, err) < 0)
		return -1;
	for (size_t i = 0; i < fields.count; i++) {
		const struct header_field *field = &fields.at[i];
		int asks =
		    is_guarded(field->name, campaign_header, signed_names);

		if (asks == 0)
			asks = template_renders_field(field, arena, err);
		if (asks < 0)
			return -1;
		if (asks == 0 || is_covered(&fields, field->name, covered))
			continue;
		err_set(err, ERR_AUTH, "the proof does not cover %.*s",
		    SPAN_ARG(field->name));
		return 0;
	}
	return 1;
}
