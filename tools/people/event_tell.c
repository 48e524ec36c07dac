#include "tools/people/event_tell.h"

#include "tools/out.h"

/* What else is told, where there is any. */
struct told_number {
	const char *key;
	const char *text;
	uint64_t count;
};

enum { NUMBERS = 7 };

static void
gather(const struct event_report *report, struct told_number numbers[NUMBERS])
{
	const struct event_store_count *counted = report->counted;
	const struct told_number all[NUMBERS] = {
		{ "known", "known before", counted->known },
		{ "unknown", "of unknown people, left out",
		    counted->unknown + report->strangers },
		{ "erased", "of erased people, left out", counted->erased },
		{ "aside", "set aside", counted->aside },
		{ "unattributed", "before anything was sent", counted->alone },
		{ "denied", "permissions taken back",
		    counted->denied + counted->objected },
		{ "suppressed", "people suppressed", counted->suppressed },
	};

	memcpy(numbers, all, sizeof all);
}

static void
print_types(FILE *out, const struct event_store_count *counted)
{
	for (size_t i = 0; i < counted->type_count; i++) {
		struct span type = counted->types[i].type;

		fputs("  ", out);
		out_text(out, type, 14);
		fprintf(out, " %llu%s\n",
		    (unsigned long long)counted->types[i].count,
		    event_is_known(type) ? "" : " (a type of your own)");
	}
}

static void
print(const struct event_report *report, const struct told_number *numbers)
{
	FILE *out = report->cli->out;

	fprintf(out, "%llu rows read, %llu bad, %llu events added%s",
	    (unsigned long long)report->rows,
	    (unsigned long long)report->faults->rows,
	    (unsigned long long)report->counted->added,
	    report->dry_run ? " (dry run)" : "");
	for (size_t i = 0; i < NUMBERS; i++)
		if (numbers[i].count != 0)
			fprintf(out, ", %llu %s",
			    (unsigned long long)numbers[i].count,
			    numbers[i].text);
	fprintf(out, ", %.1f s\n", report->seconds);
	print_types(out, report->counted);
	if (report->counted->objected != 0)
		fprintf(report->cli->errors,
		    "inlay: %llu people unsubscribed from what no campaign's "
		    "`permission` covers: they object to marketing now\n",
		    (unsigned long long)report->counted->objected);
}

int
event_tell(const struct event_report *report, struct err *err)
{
	const struct event_store_count *counted = report->counted;
	struct told_number numbers[NUMBERS];
	json_t *object, *types;

	gather(report, numbers);
	if (!report->cli->json) {
		print(report, numbers);
		return 0;
	}
	object = json_object();
	types = json_object();
	out_set(object, "rows", json_integer((json_int_t)report->rows));
	out_set(object, "bad", json_integer((json_int_t)report->faults->rows));
	out_set(object, "added", json_integer((json_int_t)counted->added));
	for (size_t i = 0; i < NUMBERS; i++)
		out_set(object, numbers[i].key,
		    json_integer((json_int_t)numbers[i].count));
	out_set(
	    object, "objected", json_integer((json_int_t)counted->objected));
	for (size_t i = 0; i < counted->type_count; i++) {
		char name[EVENT_WORD_MAX + 1];

		snprintf(name, sizeof name, "%.*s",
		    SPAN_ARG(counted->types[i].type));
		out_set(types, name,
		    json_integer((json_int_t)counted->types[i].count));
	}
	out_set(object, "types", types);
	out_set(object, "faults", row_faults_json(report->faults));
	out_set(object, "dry_run", json_boolean(report->dry_run));
	out_set(object, "seconds", json_real(report->seconds));
	return out_json(report->cli->out, object, err);
}
