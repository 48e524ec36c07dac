#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "milter/liquid/filter/filter.h"
#include "milter/liquid/liquid.h"
#include "milter/liquid/compile/tag.h"
#include "tests/milter/liquid/kit_json.h"
#include "tests/suite.h"

/*
 * The reference page for template authors is the test: each of its examples
 * is rendered with the data that the page itself shows, and every tag and
 * filter must be on it. The table that the README shows of it runs here, too.
 */
#define PAGE "conf/man/inlay-template.7"
#define README "README.md"
#define NOW 1773480600 /* 2026-03-14 09:30 UTC */

enum { PARTIALS_MAX = 16 };

/* What stands behind a template on the page. */
enum expect { PRINTS, PRINTS_HTML, REFUSES };

static const char *const marks[] = {
	[PRINTS] = "=>",
	[PRINTS_HTML] = "=html>",
	[REFUSES] = "=!",
};

struct reference {
	struct arena *arena;
	struct span page;
	struct value data;
	struct program *partials[PARTIALS_MAX];
	unsigned partial_count;
};

static struct span
read_page(const char *path, struct arena *arena)
{
	FILE *file = fopen(path, "rb");
	char *text = arena_alloc(arena, 1 << 18);
	size_t len;

	ck_assert_msg(file != NULL, "run from the top of the source: %s", path);
	ck_assert_ptr_nonnull(text);
	len = fread(text, 1, 1 << 18, file);
	ck_assert_uint_lt(len, 1 << 18);
	fclose(file);
	return span_of(text, len);
}

/* Takes the next line, without its end. */
static bool
next_line(struct span *text, struct span *line)
{
	if (text->len == 0)
		return false;
	*line = span_first(*text, span_find(*text, '\n'));
	*text = span_from(*text, line->len + 1);
	return true;
}

/* roff's escapes, as far as the page needs them. */
static void
put_line(struct buf *out, struct span line)
{
	static const struct {
		const char *escape;
		const char *text;
	} escapes[] = { { "\\e", "\\" }, { "\\-", "-" }, { "\\&", "" },
		{ "\\(aq", "'" }, { "\\(ga", "`" }, { "\\(ha", "^" },
		{ "\\(ti", "~" }, { "\\[u00A0]", "\302\240" } };

	while (line.len != 0) {
		size_t plain = span_find(line, '\\'), i;

		buf_add(out, span_first(line, plain));
		line = span_from(line, plain);
		for (i = 0; i < sizeof escapes / sizeof *escapes; i++)
			if (span_starts(line, span_str(escapes[i].escape)))
				break;
		if (line.len == 0)
			return;
		ck_assert_msg(i < sizeof escapes / sizeof *escapes, "%.*s",
		    SPAN_ARG(line));
		buf_str(out, escapes[i].text);
		line = span_from(line, strlen(escapes[i].escape));
	}
}

static bool
read_mark(struct span line, enum expect *expect)
{
	for (int i = PRINTS; i <= REFUSES; i++) {
		if (span_starts(line, span_str(marks[i]))) {
			*expect = (enum expect)i;
			return true;
		}
	}
	return false;
}

/* Reads a display up to .Ed: what is to be rendered, and the result. */
static bool
read_example(struct span *text, struct buf *template, struct buf *result,
    enum expect *expect)
{
	bool marked = false;
	struct span line;

	while (next_line(text, &line) && !span_eq(line, SPAN(".Ed"))) {
		if (read_mark(line, expect)) {
			if (marked)
				buf_byte(result, '\n');
			line = span_from(line, strlen(marks[*expect]));
			if (line.len != 0)
				line = span_from(line, 1);
			put_line(result, line);
			marked = true;
			continue;
		}
		if (template->len != 0)
			buf_byte(template, '\n');
		put_line(template, line);
	}
	return marked;
}

static int
find_partial(void *host, enum partial_kind kind, struct span name,
    const struct program **program, struct err *err)
{
	struct reference *ref = host;
	struct program_options options = { .name = "partial" };
	struct value partials = kit_json_get(ref->data, "partials");
	const struct value *source =
	    map_get(partials.map, name, value_hash(name));

	(void)kind;
	if (source == NULL)
		return 0;
	ck_assert_uint_lt(ref->partial_count, PARTIALS_MAX);
	if (program_compile(value_span(*source), &options,
		&ref->partials[ref->partial_count], err) < 0)
		return -1;
	*program = ref->partials[ref->partial_count++];
	return 1;
}

static int
choose_first_option(void *host, const struct program *program, unsigned slot,
    struct slot_choice *choice, struct err *err)
{
	(void)host;
	(void)err;
	choice->option =
	    (int)program_manifest(program)->slots[slot].first_option;
	choice->block = NULL;
	return 1;
}

static int
choose_first_when(void *host, const struct program *program, unsigned variant,
    unsigned *when, struct err *err)
{
	(void)host;
	(void)program;
	(void)variant;
	(void)err;
	*when = 0;
	return 1;
}

static int
say_why(void *host, struct arena *arena, struct span *text, struct err *err)
{
	(void)host;
	(void)arena;
	(void)err;
	*text = SPAN("This message uses your city and customer level (source: "
		     "your orders).");
	return 1;
}

static void
open_reference(struct reference *ref)
{
	struct span rest;
	struct span line;
	struct buf json;

	*ref = (struct reference){ .arena = arena_new(1 << 24) };
	ref->page = rest = read_page(PAGE, ref->arena);
	buf_init(&json, ref->arena, 10000);
	while (next_line(&rest, &line) && !span_eq(line, SPAN(".Bd -literal")))
		continue;
	while (next_line(&rest, &line) && !span_eq(line, SPAN(".Ed"))) {
		put_line(&json, line);
		buf_byte(&json, '\n');
	}
	ck_assert(kit_json_parse(buf_span(&json), ref->arena, &ref->data));
}

static void
close_reference(struct reference *ref)
{
	while (ref->partial_count > 0)
		program_free(&ref->partials[--ref->partial_count]);
	arena_free(&ref->arena);
}

static void
run_example(struct reference *ref, struct buf *template,
    const struct buf *result, enum expect expect)
{
	struct program_options options = { .name = "example",
		.place = expect == PRINTS_HTML ? PLACE_HTML : PLACE_NONE };
	struct liquid_env env = { .root = ref->data,
		.now = NOW,
		.host = ref,
		.slot = choose_first_option,
		.variant = choose_first_when,
		.partial = find_partial,
		.why = say_why };
	struct program *program = NULL;
	struct err err = ERR_INIT;
	struct buf out;
	int done;

	buf_init_heap(&out, 100000);
	done = program_compile(buf_span(template), &options, &program, &err);
	if (done == 0)
		done = program_render(program, &env, ref->arena, &out, &err);
	ck_assert_msg((done == 0) == (expect != REFUSES), "%s: %s",
	    buf_cstr(template), err.text);
	if (done < 0)
		buf_str(&out, err.text);
	ck_assert_msg(span_eq(buf_span(&out), buf_span(result)),
	    "%s prints \"%s\", not \"%.*s\"", buf_cstr(template),
	    buf_cstr(&out), SPAN_ARG(buf_span(result)));
	buf_deinit(&out);
	program_free(&program);
}

START_TEST(prints_what_the_page_says)
{
	struct reference ref;
	struct span rest, line;
	unsigned count = 0;

	open_reference(&ref);
	rest = ref.page;
	while (next_line(&rest, &line)) {
		struct buf template, result;
		enum expect expect = PRINTS;

		if (!span_eq(line, SPAN(".Bd -literal -offset indent")))
			continue;
		buf_init(&template, ref.arena, 10000);
		buf_init(&result, ref.arena, 10000);
		ck_assert(read_example(&rest, &template, &result, &expect));
		run_example(&ref, &template, &result, expect);
		count++;
	}
	ck_assert_uint_gt(count, 100);
	close_reference(&ref);
}
END_TEST

/* Whether the page has an item of that name: ".It Ic NAME". */
static bool
has_item(struct span page, const char *name)
{
	struct span line;

	while (next_line(&page, &line)) {
		size_t len = strlen(name);

		if (!span_starts(line, SPAN(".It Ic ")))
			continue;
		line = span_from(line, 7);
		if (span_starts(line, span_str(name)) &&
		    (line.len == len || line.at[len] == ' '))
			return true;
	}
	return false;
}

START_TEST(names_every_tag_and_filter)
{
	struct reference ref;

	open_reference(&ref);
	for (size_t i = 0; tag_nth(i) != NULL; i++)
		ck_assert_msg(has_item(ref.page, tag_nth(i)->name), "%s",
		    tag_nth(i)->name);
	for (size_t i = 0; filter_nth(i) != NULL; i++)
		ck_assert_msg(has_item(ref.page, filter_nth(i)->name), "%s",
		    filter_nth(i)->name);
	close_reference(&ref);
}
END_TEST

/* Takes the next cell of a row of a Markdown table, without its quotes. A bar
 * inside is escaped; a line end is written as an arrow. */
static bool
next_cell(struct span *row, struct buf *cell)
{
	bool quoted = span_starts(*row, SPAN(" `"));

	buf_clear(cell);
	*row = span_from(*row, quoted ? 2 : 1);
	while (row->len != 0 && !span_starts(*row, SPAN("|"))) {
		if (span_starts(*row, SPAN("\\|"))) {
			buf_byte(cell, '|');
			*row = span_from(*row, 2);
		} else if (span_starts(*row, SPAN("\342\206\265"))) {
			buf_byte(cell, '\n');
			*row = span_from(*row, 3);
		} else {
			buf_byte(cell, *row->at);
			*row = span_from(*row, 1);
		}
	}
	cell->len -= quoted ? 2 : 0;
	if (row->len == 0)
		return false;
	*row = span_from(*row, 1);
	return true;
}

static struct span
read_chapter(struct arena *arena)
{
	const struct span title = SPAN("## Templates in short");
	struct span rest = read_page(README, arena), line;

	while (next_line(&rest, &line) && !span_eq(line, title))
		continue;
	while (next_line(&rest, &line) && !span_starts(line, SPAN("| Liquid")))
		continue;
	ck_assert_uint_ne(rest.len, 0);
	return span_first(rest, span_search(rest, SPAN("\n## ")));
}

START_TEST(prints_what_the_readme_says)
{
	struct reference ref;
	struct span rest, line;
	unsigned count = 0;

	open_reference(&ref);
	rest = read_chapter(ref.arena);
	while (next_line(&rest, &line)) {
		struct buf template, result;

		if (!span_starts(line, SPAN("| `")))
			continue;
		line = span_from(line, 1);
		buf_init(&template, ref.arena, 1000);
		buf_init(&result, ref.arena, 1000);
		ck_assert(next_cell(&line, &template));
		ck_assert(next_cell(&line, &result));
		run_example(&ref, &template, &result, PRINTS);
		count++;
	}
	ck_assert_uint_eq(count, 10);
	close_reference(&ref);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("reference");
	TCase *tests = tcase_create("all");

	tcase_add_test(tests, prints_what_the_page_says);
	tcase_add_test(tests, names_every_tag_and_filter);
	tcase_add_test(tests, prints_what_the_readme_says);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
