/*
 * Runs files of template cases, one JSON record a line, against the engine:
 *
 *     liquid-suite [--json] [-v] [--work] FILE.jsonl…
 *
 * A record: name, template, data, partials, expected (any one of the list),
 * invalid (compiling or rendering must fail), mode, inline_errors; and place
 * ("html", "text", "card", "header") for what a mail may hold: mended, escaped,
 * with slots and variants, whose first option or when shows, and where all
 * options' conditions are asked first. Without it escaping is off. Files called
 * spec_* have their clock frozen. --work tells of each record how many steps
 * rendering took, and the nanoseconds of CPU of that and of it with compiling;
 * at the end, of the most memory it held.
 */
#include "milter/liquid/liquid.h"
#include "tests/milter/liquid/kit_json.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

enum {
	RECORD_MAX = 64 << 20,
	RENDER_MAX = 16 << 20,
	CLOCK_FROZEN = 1704067318
};

struct partial {
	struct span name;
	struct program *program;
	struct partial *next;
};

struct run {
	struct value partials;
	struct program_options options;
	struct work *work;
	struct arena *arena;
	struct partial *compiled;
};

/* What was asked for. */
struct ask {
	bool json, verbose, work;
};

struct score {
	unsigned valid, valid_passed;
	unsigned invalid, invalid_passed;
};

static int
find_partial(void *host, enum partial_kind kind, struct span name,
    const struct program **program, struct err *err)
{
	struct run *run = host;
	struct program_options options = run->options;
	const struct value *source;
	struct partial *partial;
	struct span copy;

	(void)kind;
	for (partial = run->compiled; partial; partial = partial->next)
		if (span_eq(partial->name, name)) {
			*program = partial->program;
			return 1;
		}
	if (run->partials.kind != VALUE_MAP)
		return 0;
	source = map_get(run->partials.map, name, value_hash(name));
	if (source == NULL || arena_dup(run->arena, name, &copy) < 0)
		return 0;
	partial = ARENA_NEW(run->arena, struct partial);
	if (partial == NULL)
		return 0;
	options.name = copy.at;
	options.work = run->work;
	if (program_compile(
		value_span(*source), &options, &partial->program, err) < 0)
		return -1;
	partial->name = copy;
	partial->next = run->compiled;
	run->compiled = partial;
	*program = partial->program;
	return 1;
}

static bool
has_mode(struct value mode, const char *name)
{
	if (mode.kind == VALUE_STRING)
		return span_eq(value_span(mode), span_str(name));
	for (uint32_t i = 0; mode.kind == VALUE_ARRAY && i < mode.len; i++)
		if (span_eq(value_span(mode.items[i]), span_str(name)))
			return true;
	return false;
}

/* No mode said means the strictest; "warn" tries strict first as lax does. */
static enum syntax
syntax_of(struct value mode)
{
	if (has_mode(mode, "strict2") ||
	    (mode.kind == VALUE_ARRAY && mode.len == 0))
		return SYNTAX_STRICT;
	if (has_mode(mode, "strict"))
		return SYNTAX_FORMER;
	return SYNTAX_LAX;
}

/* Ruby's language, or where the record names a place the product's. */
static struct program_options
options_of(struct value record)
{
	static const struct {
		const char *name;
		enum place place;
	} places[] = { { "html", PLACE_HTML }, { "text", PLACE_TEXT },
		{ "card", PLACE_CARD }, { "header", PLACE_HEADER } };
	struct program_options options = { .syntax = syntax_of(
					       kit_json_get(record, "mode")),
		.plain = true,
		.errors_inline = true };
	struct value place = kit_json_get(record, "place");

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (place.kind == VALUE_STRING &&
		    span_eq(value_span(place), span_str(places[i].name)))
			options =
			    (struct program_options){ .place = places[i].place,
				    .mend = true };
	return options;
}

static int
choose_slot(void *host, const struct program *program, unsigned slot,
    struct slot_choice *choice, struct err *err)
{
	const struct manifest_slot *asked =
	    &program_manifest(program)->slots[slot];

	(void)host, (void)err;
	choice->option = (int)asked->first_option;
	choice->block = NULL;
	return asked->option_count != 0;
}

static int
choose_variant(void *host, const struct program *program, unsigned variant,
    unsigned *when, struct err *err)
{
	(void)host, (void)err;
	*when = 0;
	return program_manifest(program)->variants[variant].when_count != 0;
}

static int
test_options(const struct program *program, const struct liquid_env *env,
    struct arena *arena, struct err *err)
{
	size_t count = program_manifest(program)->option_count;

	for (unsigned i = 0; i < count; i++)
		if (program_option_test(program, i, env, arena, err) < 0)
			return -1;
	return 0;
}

static bool
is_expected(struct value expected, struct span out)
{
	if (expected.kind == VALUE_STRING)
		return span_eq(value_span(expected), out);
	for (uint32_t i = 0; expected.kind == VALUE_ARRAY && i < expected.len;
	     i++)
		if (span_eq(value_span(expected.items[i]), out))
			return true;
	return false;
}

/* liquid-spec says where errors are printed. What golden-liquid expects of a
 * valid template was printed by Ruby's render, which prints them, too, and
 * goes on; of an invalid one by render!, which fails. */
static bool
errors_inline(struct value record, bool spec)
{
	if (spec)
		return value_truthy(kit_json_get(record, "inline_errors"));
	return !value_truthy(kit_json_get(record, "invalid"));
}

static long long
cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Renders the record's template; 0 and out, or -1. compiled is cpu_ns() of
 * when rendering began. */
static int
render(struct value record, bool frozen, struct work *steps,
    long long *compiled, struct arena *arena, struct buf *out, struct err *err)
{
	struct run run = { .partials = kit_json_get(record, "partials"),
		.arena = arena,
		.options = options_of(record),
		.work = steps };
	struct liquid_env env = { .root = kit_json_get(record, "data"),
		.now = frozen ? CLOCK_FROZEN : (int64_t)time(NULL),
		.errors_inline =
		    run.options.plain && errors_inline(record, frozen),
		.work = steps,
		.host = &run,
		.slot = choose_slot,
		.variant = choose_variant,
		.partial = find_partial };
	struct arena *work = arena_new(RENDER_MAX);
	struct program *program;
	int done;

	if (work == NULL)
		return err_set(err, ERR_MEMORY, "no memory");
	done = program_compile(value_span(kit_json_get(record, "template")),
	    &run.options, &program, err);
	*compiled = cpu_ns();
	if (done == 0)
		done = test_options(program, &env, work, err);
	if (done == 0)
		done = program_render(program, &env, work, out, err);
	program_free(&program);
	arena_free(&work);
	for (struct partial *p = run.compiled; p != NULL; p = p->next)
		program_free(&p->program);
	return done;
}

static void
tell(struct value record, bool invalid, struct span out, const struct err *err)
{
	struct span name = value_span(kit_json_get(record, "name"));
	struct value expected = kit_json_get(record, "expected");
	char line[600];

	printf("FAIL %.*s%s\n", SPAN_ARG(name),
	    invalid ? " (should fail, but does not)" : "");
	if (err->code != ERR_NONE)
		printf("     error: %s\n", err_line(err, line, sizeof line));
	else
		printf("     got:      '%.*s'\n", SPAN_ARG(out));
	if (!invalid && expected.kind == VALUE_ARRAY && expected.len != 0)
		printf("     expected: '%.*s'\n",
		    SPAN_ARG(value_span(expected.items[0])));
}

static void
run_record(
    struct span line, bool frozen, const struct ask *ask, struct score *score)
{
	struct work work = work_new(liquid_limits_default.steps, 0);
	struct arena *arena = arena_new(RECORD_MAX);
	struct err err = ERR_INIT;
	long long began, compiled, ended;
	struct value record;
	bool invalid, passed;
	struct buf out;
	int done;

	if (arena == NULL || !kit_json_parse(line, arena, &record)) {
		fprintf(stderr, "liquid-suite: a line is not JSON\n");
		exit(66);
	}
	buf_init_heap(&out, 64 << 20);
	invalid = value_truthy(kit_json_get(record, "invalid"));
	began = cpu_ns();
	compiled = began;
	done = render(record, frozen, &work, &compiled, arena, &out, &err);
	ended = cpu_ns();
	if (ask->work)
		printf("work %llu %lld %lld\n",
		    (unsigned long long)(liquid_limits_default.steps -
					 work_steps(&work)),
		    ended - compiled, ended - began);
	passed =
	    invalid ? done < 0
		    : done == 0 && is_expected(kit_json_get(record, "expected"),
				       buf_span(&out));
	if (invalid) {
		score->invalid++;
		score->invalid_passed += passed;
	} else {
		score->valid++;
		score->valid_passed += passed;
	}
	if (!passed && ask->verbose)
		tell(record, invalid, buf_span(&out), &err);
	buf_deinit(&out);
	arena_free(&arena);
}

/* What this process held at most; getrusage would count its parent, too. */
static void
report_peak(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256];

	while (file != NULL && fgets(line, sizeof line, file) != NULL)
		if (strncmp(line, "VmHWM:", 6) == 0)
			printf("peak %ld\n", strtol(line + 6, NULL, 10) * 1024);
	if (file != NULL)
		fclose(file);
}

static void
report(const char *path, const struct score *score, bool json)
{
	if (json)
		printf("{\"file\":\"%s\",\"valid\":[%u,%u],"
		       "\"invalid\":[%u,%u]}\n",
		    path, score->valid_passed, score->valid,
		    score->invalid_passed, score->invalid);
	else
		printf("%s: valid %u/%u, invalid %u/%u\n", path,
		    score->valid_passed, score->valid, score->invalid_passed,
		    score->invalid);
}

static int
run_file(const char *path, const struct ask *ask, struct score *total)
{
	const char *base = strrchr(path, '/');
	bool frozen = strncmp(base ? base + 1 : path, "spec_", 5) == 0;
	struct score score = { 0 };
	FILE *file = fopen(path, "rb");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (file == NULL) {
		fprintf(
		    stderr, "liquid-suite: %s: %s\n", path, strerror(errno));
		return -1;
	}
	while ((len = getline(&line, &size, file)) > 0) {
		struct span record = span_of(line, (size_t)len);

		if (span_trim(record).len != 0)
			run_record(record, frozen, ask, &score);
	}
	free(line);
	fclose(file);
	report(path, &score, ask->json);
	total->valid += score.valid;
	total->valid_passed += score.valid_passed;
	total->invalid += score.invalid;
	total->invalid_passed += score.invalid_passed;
	return 0;
}

int
main(int argc, char **argv)
{
	struct score total = { 0 };
	struct ask ask = { false, false, false };
	unsigned passed, failed;
	int files = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			ask.json = true;
		else if (strcmp(argv[i], "-v") == 0)
			ask.verbose = true;
		else if (strcmp(argv[i], "--work") == 0)
			ask.work = true;
	}
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '-')
			continue;
		files++;
		if (run_file(argv[i], &ask, &total) < 0)
			return 66;
	}
	if (ask.work)
		report_peak();
	if (files == 0) {
		fprintf(stderr, "usage: liquid-suite [--json] [-v] [--work] "
				"FILE.jsonl...\n");
		return 64;
	}
	passed = total.valid_passed + total.invalid_passed;
	failed = total.valid + total.invalid - passed;
	if (ask.json)
		printf("{\"passed\":%u,\"failed\":%u}\n", passed, failed);
	else
		printf("%u passed, %u failed\n", passed, failed);
	return failed != 0;
}
