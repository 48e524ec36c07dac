/*
 * What reading and re-encoding a message of 20 kB costs: parse, decode both
 * text parts, change them, encode them, write the message. Beside it, where
 * the library is there, GMime's parse of the same bytes (no decoding, no
 * writing). One core, medians of interleaved rounds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "milter/mail/rendering.h"

#ifdef HAVE_GMIME
#include <gmime/gmime.h>
#endif

#define LIMIT ((size_t)8 * 1024 * 1024)
#define ROUNDS 9
#define BATCH 300
#define HTML_ROWS 150

enum job { JOB_PARSE, JOB_DECODE, JOB_RENDER, JOB_GMIME, JOB_COUNT };

static const char *const labels[JOB_COUNT] = { "parse", "parse + decode",
	"parse + decode + encode + write", "GMime, parse alone" };

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
die(const struct err *err)
{
	fprintf(stderr, "bench_mail: %s\n", err->text);
	exit(1);
}

/* A text part and an HTML part, both quoted-printable. */
static void
make_message(struct buf *out)
{
	buf_str(out,
	    "From: Shop <news@shop.example>\r\nTo: anna@example.org\r\n"
	    "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\r\n"
	    "Message-ID: <1@shop.example>\r\nMIME-Version: 1.0\r\n"
	    "Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n"
	    "Content-Type: multipart/alternative; boundary=\"=_bench\"\r\n"
	    "\r\n--=_bench\r\nContent-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	for (int i = 0; i < 20; i++)
		buf_str(out, "A line of text for the reader, gr=C3=BC=C3=9F"
			     "e from all of us here.\r\n");
	buf_str(out, "--=_bench\r\nContent-Type: text/html; charset=utf-8\r\n"
		     "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	for (int i = 0; i < HTML_ROWS; i++)
		buf_printf(out,
		    "<tr><td style=3D\"padding:0 8px;color:#333\">"
		    "<a href=3D\"https://shop.=\r\nexample/p/%d\">Sch=C3=B6n"
		    "es Angebot</a></td></tr>\r\n",
		    i);
	buf_str(out, "--=_bench--\r\n");
}

static void
change_texts(struct message *m, struct rendering *r, struct arena *arena)
{
	struct err err = ERR_INIT;

	for (size_t i = 0; i < m->part_count; i++) {
		struct buf text;
		struct span old;

		if (m->parts[i]->role != PART_TEXT)
			continue;
		if (part_text(m->parts[i], arena, &old, &err) < 0)
			die(&err);
		if (r == NULL)
			continue;
		buf_init(&text, arena, LIMIT);
		buf_str(&text, "Dear Zo\xc3\xab,\r\n");
		buf_add(&text, old);
		if (rendering_set_text(r, m->parts[i], buf_span(&text), &err) <
		    0)
			die(&err);
	}
}

static void
run_ours(enum job job, struct span bytes, struct arena *arena)
{
	struct err err = ERR_INIT;
	struct rendering *r = NULL;
	struct message *m;
	struct buf out;

	arena_reset(arena);
	if (message_parse(bytes, &MESSAGE_LIMITS, arena, &m, &err) < 0)
		die(&err);
	if (job == JOB_PARSE)
		return;
	if (job == JOB_RENDER && rendering_new(m, arena, &r, &err) < 0)
		die(&err);
	change_texts(m, r, arena);
	if (r == NULL)
		return;
	buf_init(&out, arena, LIMIT);
	if (message_write(m, r, &out, &err) < 0)
		die(&err);
}

#ifdef HAVE_GMIME
static void
run_gmime(struct span bytes)
{
	GMimeStream *stream =
	    g_mime_stream_mem_new_with_buffer(bytes.at, bytes.len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(stream);
}
#endif

static double
batch(enum job job, struct span bytes, struct arena *arena)
{
	double start = now_us();

	for (int i = 0; i < BATCH; i++) {
#ifdef HAVE_GMIME
		if (job == JOB_GMIME) {
			run_gmime(bytes);
			continue;
		}
#endif
		run_ours(job, bytes, arena);
	}
	return (now_us() - start) / BATCH;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(void)
{
	struct arena *arena = arena_new(LIMIT);
	double took[JOB_COUNT][ROUNDS];
	enum job last = JOB_RENDER;
	struct buf message;

	buf_init_heap(&message, LIMIT);
	make_message(&message);
#ifdef HAVE_GMIME
	g_mime_init();
	last = JOB_GMIME;
#endif
	for (int round = 0; round < ROUNDS; round++)
		for (unsigned job = 0; job <= last; job++)
			took[job][round] =
			    batch((enum job)job, buf_span(&message), arena);
	printf("mail: a message of %zu bytes, CPU per message\n", message.len);
	for (unsigned job = 0; job <= last; job++) {
		qsort(took[job], ROUNDS, sizeof took[job][0], by_value);
		printf("  %-34s %8.1f us", labels[job], took[job][ROUNDS / 2]);
		if (last == JOB_GMIME)
			printf(
			    "  %5.2f x GMime", took[job][ROUNDS / 2] /
						   took[JOB_GMIME][ROUNDS / 2]);
		printf("\n");
	}
	if (last != JOB_GMIME)
		printf("  (libgmime-3.0-dev is not here to compare with)\n");
	buf_deinit(&message);
	arena_free(&arena);
	return 0;
}
