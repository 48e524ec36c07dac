/*
 * Runs a directory of messages through the mail layer: without a change the
 * bytes stay; with one text leaf changed nothing outside of that leaf and its
 * own encoding headers does, and the leaf reads as expected.
 *
 * usage: mail-suite [-v] [-w DIR] DIR...
 *   -v      say what was refused and why
 *   -w DIR  write each changed message beside its original, for judges
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "milter/mail/guard.h"
#include "milter/mail/rendering.h"

#define ARENA_LIMIT ((size_t)512 * 1024 * 1024)
/* Messages of thousands of parts need not fill the disk. */
#define WRITTEN_MAX 40
#define TAG "Tag {{ profile.first_name }} Zo\xc3\xab\r\n"

struct tally {
	size_t passed;
	size_t failed;
	size_t messages;
	size_t ambiguous;
	size_t leaves;
	size_t undecodable;
	bool verbose;
	const char *out;
};

struct sample {
	const char *name;
	struct span bytes; /* as a milter sees them: CRLF */
	struct arena *arena;
	struct message *message;
	struct tally *tally;
};

static int
fail(struct sample *sample, const char *where, const char *what)
{
	sample->tally->failed++;
	printf("FAIL %s %s: %s\n", sample->name, where, what);
	return 0;
}

static int
parse(struct sample *sample, struct span bytes, struct message **message)
{
	struct err err = ERR_INIT;

	if (message_parse(
		bytes, &MESSAGE_LIMITS, sample->arena, message, &err) == 0)
		return 0;
	printf("FAIL %s: %s\n", sample->name, err.text);
	return -1;
}

static void
check_identity(struct sample *sample)
{
	struct err err = ERR_INIT;
	struct rendering *rendering;
	struct buf out, parts;
	struct message *m = sample->message;

	buf_init(&out, sample->arena, ARENA_LIMIT);
	buf_init(&parts, sample->arena, ARENA_LIMIT);
	if (rendering_new(m, sample->arena, &rendering, &err) < 0 ||
	    message_write(m, rendering, &out, &err) < 0) {
		fail(sample, "identity", err.text);
		return;
	}
	/* The fields, the separator and the body are all there is. */
	for (size_t i = 0; i < m->fields.count; i++)
		buf_add(&parts, m->fields.at[i].whole);
	buf_add(&parts, m->separator);
	if (rendering_write_body(rendering, &parts, &err) < 0 ||
	    !span_eq(buf_span(&out), sample->bytes) ||
	    !span_eq(buf_span(&parts), sample->bytes)) {
		fail(sample, "identity", "bytes differ");
		return;
	}
	sample->tally->passed++;
}

static bool
is_encoding_field(const struct header_field *field)
{
	return span_caseeq(field->name, SPAN("Content-Type")) ||
	       span_caseeq(field->name, SPAN("Content-Transfer-Encoding")) ||
	       span_caseeq(field->name, SPAN("MIME-Version"));
}

/* The fields but for those of the encoding, one after the other, each with
 * its line end: a message cut off in the last one is completed. */
static struct span
other_fields(struct sample *sample, const struct part *part)
{
	struct buf out;

	buf_init(&out, sample->arena, ARENA_LIMIT);
	for (size_t i = 0; i < part->fields.count; i++)
		if (!is_encoding_field(&part->fields.at[i]))
			buf_add(&out, part->fields.at[i].whole);
	if (out.len > 0 && out.at[out.len - 1] != '\n')
		buf_str(&out, "\r\n");
	return buf_span(&out);
}

static bool
same_shape(const struct message *a, const struct message *b)
{
	if (a->part_count != b->part_count)
		return false;
	for (size_t i = 0; i < a->part_count; i++) {
		const struct part *x = a->parts[i], *y = b->parts[i];

		if (x->depth != y->depth || x->position != y->position ||
		    x->role != y->role || x->sealed != y->sealed ||
		    !part_is(x, y->type.type, y->type.subtype))
			return false;
	}
	return true;
}

static size_t
offset(const struct message *m, const char *at)
{
	return (size_t)(at - m->bytes.at);
}

static const char *
compare(struct sample *sample, const struct message *new, size_t index,
    struct span expected)
{
	struct message *old = sample->message;
	struct part *was = old->parts[index], *is;
	struct err err = ERR_INIT;
	struct span text;
	size_t start = offset(old, was->header.at), end;

	if (!same_shape(old, new))
		return "the structure changed";
	is = new->parts[index];
	if (part_text(is, sample->arena, &text, &err) < 0)
		return "the new leaf does not decode";
	if (!span_eq(text, expected))
		return "the new leaf reads otherwise";
	if (offset(new, is->header.at) != start ||
	    memcmp(old->bytes.at, new->bytes.at, start) != 0)
		return "bytes before the leaf changed";
	end = offset(old, was->body.at) + was->body.len;
	text = span_from(new->bytes, offset(new, is->body.at) + is->body.len);
	/* An empty part with no line end of its own gets one. */
	if (was->tight && !is->tight)
		text = span_from(text, 2);
	if (!span_eq(span_from(old->bytes, end), text))
		return "bytes after the leaf changed";
	if (!span_eq(other_fields(sample, was), other_fields(sample, is)))
		return "other fields of the leaf changed";
	return NULL;
}

static const char *
line_lengths(struct span body)
{
	while (body.len > 0) {
		size_t n = span_find(body, '\n');

		if (n > 77)
			return "a line of the leaf is too long";
		if (n < body.len && (n == 0 || body.at[n - 1] != '\r'))
			return "a line of the leaf ends in a bare LF";
		body = span_from(body, n + 1);
	}
	return NULL;
}

static void
write_out(
    struct sample *sample, const char *kind, size_t index, struct span bytes)
{
	char path[1024];
	FILE *file;

	if (sample->tally->out == NULL || index > WRITTEN_MAX)
		return;
	snprintf(path, sizeof path, "%s/%s@%zu.%s", sample->tally->out,
	    sample->name, index, kind);
	file = fopen(path, "wb");
	if (file == NULL)
		return;
	fwrite(bytes.at, 1, bytes.len, file);
	fclose(file);
}

static void
check_leaf(struct sample *sample, size_t index)
{
	struct part *part = sample->message->parts[index];
	struct err err = ERR_INIT;
	struct rendering *rendering;
	struct message *new;
	struct span text, path;
	struct buf expected, out;
	const char *wrong;

	if (part_path(part, sample->arena, &path, &err) < 0 ||
	    rendering_new(sample->message, sample->arena, &rendering, &err) < 0)
		exit(1);
	sample->tally->leaves++;
	if (part_text(part, sample->arena, &text, &err) < 0) {
		sample->tally->undecodable++;
		if (sample->tally->verbose)
			printf("undecodable %s %s: %s%s\n", sample->name,
			    path.at, err.text,
			    part_may_hold_tag(part) ? " (may hold a tag)" : "");
		return;
	}
	buf_init(&expected, sample->arena, ARENA_LIMIT);
	buf_init(&out, sample->arena, ARENA_LIMIT);
	buf_str(&expected, TAG);
	buf_add(&expected, text);
	if (rendering_set_text(rendering, part, buf_span(&expected), &err) <
		0 ||
	    message_write(sample->message, rendering, &out, &err) < 0) {
		fail(sample, path.at, err.text);
		return;
	}
	write_out(sample, "before", index, sample->bytes);
	write_out(sample, "after", index, buf_span(&out));
	if (parse(sample, buf_span(&out), &new) < 0)
		exit(1);
	wrong = compare(sample, new, index, buf_span(&expected));
	if (wrong == NULL)
		wrong = line_lengths(new->parts[index]->body);
	if (wrong != NULL)
		fail(sample, path.at, wrong);
	else
		sample->tally->passed++;
}

/* Header text survives being taken apart and put together. */
static void
check_headers(struct sample *sample)
{
	const struct fields *fields = &sample->message->fields;

	for (size_t i = 0; i < fields->count; i++) {
		struct err err = ERR_INIT;
		struct arena_mark mark = arena_mark(sample->arena);
		struct header header;
		struct span *texts, value;

		if (header_read(&fields->at[i], sample->arena, &header, &err) <
		    0)
			continue;
		texts =
		    arena_calloc(sample->arena, header.count, sizeof *texts);
		for (size_t n = 0; texts && n < header.count; n++)
			texts[n] = header.pieces[n].text;
		if (texts != NULL && header_join(&header, texts, sample->arena,
					 &value, &err) == 0)
			for (size_t n = 0; n < value.len; n++)
				if (value.at[n] == '\r' ||
				    value.at[n] == '\0' ||
				    (value.at[n] == '\n' &&
					(n + 1 == value.len ||
					    (value.at[n + 1] != ' ' &&
						value.at[n + 1] != '\t'))))
					fail(sample, "header",
					    "a value that ends a header");
		arena_rewind(sample->arena, mark);
	}
}

static int
ignore(void *context, const char *where, struct span utf8)
{
	(void)context;
	(void)where;
	(void)utf8;
	return 0;
}

static void
check_message(struct sample *sample)
{
	struct tally *tally = sample->tally;
	struct err err = ERR_INIT;
	struct message *m;

	tally->messages++;
	if (parse(sample, sample->bytes, &sample->message) < 0) {
		tally->failed++;
		return;
	}
	m = sample->message;
	check_identity(sample);
	check_headers(sample);
	if (guard_walk(sample->bytes, sample->arena, ignore, NULL, &err) < 0)
		fail(sample, "guard", err.text);
	if (m->ambiguous != NULL) {
		tally->ambiguous++;
		if (tally->verbose)
			printf(
			    "ambiguous %s: %s\n", sample->name, m->ambiguous);
		return;
	}
	for (size_t i = 0; i < m->part_count; i++) {
		struct arena_mark mark = arena_mark(sample->arena);
		struct part *part = m->parts[i];

		if (part->role == PART_TEXT)
			check_leaf(sample, i);
		part->decoded = NULL;
		arena_rewind(sample->arena, mark);
	}
}

/* The file with every line end a CRLF if it has none, as it would be sent. */
static struct span
load(const char *path, struct arena *arena)
{
	FILE *file = fopen(path, "rb");
	struct buf bytes, crlf;
	char chunk[65536];
	size_t n;

	if (file == NULL) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	buf_init(&bytes, arena, ARENA_LIMIT);
	buf_init(&crlf, arena, ARENA_LIMIT);
	while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
		buf_add(&bytes, span_of(chunk, n));
	fclose(file);
	if (span_search(buf_span(&bytes), SPAN("\r\n")) != bytes.len)
		return buf_span(&bytes);
	for (size_t i = 0; i < bytes.len; i++) {
		if (bytes.at[i] == '\n')
			buf_byte(&crlf, '\r');
		buf_byte(&crlf, bytes.at[i]);
	}
	return buf_span(&crlf);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void run_path(const char *path, struct tally *tally);

static void
run_directory(const char *path, DIR *directory, struct tally *tally)
{
	char **names = NULL;
	size_t count = 0;
	struct dirent *entry;

	while ((entry = readdir(directory)) != NULL) {
		size_t size = strlen(path) + strlen(entry->d_name) + 2;

		if (entry->d_name[0] == '.')
			continue;
		names = realloc(names, (count + 1) * sizeof *names);
		if (names == NULL || (names[count] = malloc(size)) == NULL)
			exit(1);
		snprintf(names[count++], size, "%s/%s", path, entry->d_name);
	}
	if (count > 0)
		qsort(names, count, sizeof *names, by_name);
	for (size_t i = 0; i < count; i++) {
		run_path(names[i], tally);
		free(names[i]);
	}
	free(names);
}

static void
run_path(const char *path, struct tally *tally)
{
	DIR *directory = opendir(path);
	const char *slash = strrchr(path, '/');
	struct sample sample = { .tally = tally };

	if (directory != NULL) {
		run_directory(path, directory, tally);
		closedir(directory);
		return;
	}
	sample.name = slash ? slash + 1 : path;
	sample.arena = arena_new(ARENA_LIMIT);
	if (sample.arena == NULL)
		exit(1);
	sample.bytes = load(path, sample.arena);
	check_message(&sample);
	arena_free(&sample.arena);
}

int
main(int argc, char **argv)
{
	struct tally tally = { 0 };
	int option;

	while ((option = getopt(argc, argv, "vw:")) != -1) {
		if (option == 'v') {
			tally.verbose = true;
		} else if (option == 'w') {
			tally.out = optarg;
		} else {
			fprintf(
			    stderr, "usage: mail-suite [-v] [-w DIR] DIR...\n");
			return 64;
		}
	}
	for (int i = optind; i < argc; i++)
		run_path(argv[i], &tally);
	printf("%zu messages, %zu ambiguous, %zu text leaves, "
	       "%zu undecodable\n",
	    tally.messages, tally.ambiguous, tally.leaves, tally.undecodable);
	printf("%zu passed, %zu failed\n", tally.passed, tally.failed);
	return tally.failed != 0 || tally.passed == 0;
}
