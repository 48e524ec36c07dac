/*
 * Renders per second of a template with its data, compiled once, beside the
 * floor: the same literal pieces copied and the same values formatted with
 * nothing between. Prints rates and their ratios; three interleaved rounds,
 * medians.
 *
 *     bench_liquid [--json] [TEMPLATE DATA.json]
 */
#include "milter/liquid/liquid.h"
#include "milter/liquid/compile/program.h"
#include "tests/milter/liquid/kit_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 5, ROUND_NS = 300000000, NOW = 1700000000 };

struct bench {
	struct span source;
	struct value data;
	struct program *off, *on, *floor_of;
	struct arena *arena;
	struct buf out;
	uint64_t bytes;
};

static uint64_t
cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void
die(const struct err *err)
{
	char line[600];

	fprintf(stderr, "bench_liquid: %s\n", err_line(err, line, sizeof line));
	exit(1);
}

static struct program *
compile(const struct bench *bench, enum place place)
{
	struct program_options options = { .name = "mail", .place = place };
	struct program *program;
	struct err err = ERR_INIT;

	if (program_compile(bench->source, &options, &program, &err) < 0)
		die(&err);
	return program;
}

static void
render(struct bench *bench, const struct program *program)
{
	struct liquid_env env = { .root = bench->data, .now = NOW };
	struct err err = ERR_INIT;

	arena_reset(bench->arena);
	buf_clear(&bench->out);
	if (program_render(program, &env, bench->arena, &bench->out, &err) < 0)
		die(&err);
	bench->bytes += bench->out.len;
}

static void
render_off(struct bench *bench)
{
	render(bench, bench->off);
}

static void
render_on(struct bench *bench)
{
	render(bench, bench->on);
}

/* Every literal piece copied, every printed value formatted by snprintf, in
 * the order of the program and once each. */
static void
render_floor(struct bench *bench)
{
	const struct program *program = bench->off;
	char text[64];

	buf_clear(&bench->out);
	for (uint32_t pc = 0; pc < program->count; pc++) {
		const struct code *code = &program->code[pc];

		if (code->op == OP_TEXT) {
			buf_add(&bench->out, span_of(code->text, code->arg));
		} else if (code->op == OP_EMIT || code->op == OP_EMIT_HTML ||
			   code->op == OP_EMIT_PATH) {
			int len = snprintf(text, sizeof text, "%s %d",
			    "a value like any", (int)pc);

			buf_add(&bench->out, span_of(text, (size_t)len));
		}
	}
	bench->bytes += bench->out.len;
}

static void
compile_once(struct bench *bench)
{
	struct program *program = compile(bench, PLACE_NONE);

	program_free(&program);
}

struct contender {
	const char *name;
	void (*run)(struct bench *bench);
	double rates[ROUNDS];
};

static double
measure(struct bench *bench, void (*run)(struct bench *bench))
{
	uint64_t start = cpu_ns(), now;
	uint64_t count = 0;

	do {
		for (int i = 0; i < 64; i++)
			run(bench);
		count += 64;
		now = cpu_ns();
	} while (now - start < ROUND_NS);
	return (double)count * 1e9 / (double)(now - start);
}

static int
by_rate(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
read_file(const char *path, struct buf *text)
{
	FILE *file = fopen(path, "rb");
	char chunk[65536];
	size_t len;

	if (file == NULL) {
		perror(path);
		exit(66);
	}
	buf_init_heap(text, 64 << 20);
	while ((len = fread(chunk, 1, sizeof chunk, file)) != 0)
		buf_add(text, span_of(chunk, len));
	fclose(file);
}

/* The mail of the bench where none is given: of the project's own data. */
static const char own_template[] = "tests/data/bench/mail.liquid";
static const char own_data[] = "tests/data/bench/mail.json";

int
main(int argc, char **argv)
{
	struct contender contenders[] = {
		{ "escaping off", render_off, { 0 } },
		{ "escaping on", render_on, { 0 } },
		{ "formatting floor", render_floor, { 0 } },
		{ "compiling", compile_once, { 0 } },
	};
	enum { CONTENDERS = sizeof contenders / sizeof contenders[0] };
	int first = argc > 1 && strcmp(argv[1], "--json") == 0 ? 2 : 1;
	bool json = first == 2;
	struct arena *data_arena = arena_new(64 << 20);
	struct bench bench = { .arena = arena_new(64 << 20) };
	struct buf source, data;

	read_file(argc > first + 1 ? argv[first] : own_template, &source);
	read_file(argc > first + 1 ? argv[first + 1] : own_data, &data);
	bench.source = buf_span(&source);
	if (!kit_json_parse(buf_span(&data), data_arena, &bench.data)) {
		fprintf(stderr, "bench_liquid: the data is not JSON\n");
		return 66;
	}
	bench.off = compile(&bench, PLACE_NONE);
	bench.on = compile(&bench, PLACE_HTML);
	buf_init_heap(&bench.out, 64 << 20);
	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < CONTENDERS; i++)
			contenders[i].rates[round] =
			    measure(&bench, contenders[i].run);
	for (int i = 0; i < CONTENDERS; i++)
		qsort(contenders[i].rates, ROUNDS, sizeof(double), by_rate);
	for (int i = 0; i < CONTENDERS; i++) {
		double rate = contenders[i].rates[ROUNDS / 2];
		double ratio = rate / contenders[2].rates[ROUNDS / 2];

		if (json)
			printf("{\"name\":\"%s\",\"per_second\":%.0f,"
			       "\"to_floor\":%.3f}\n",
			    contenders[i].name, rate, ratio);
		else
			printf("%-18s %10.0f/s  %7.2f us  %6.3f of the "
			       "floor\n",
			    contenders[i].name, rate, 1e6 / rate, ratio);
	}
	if (!json)
		printf("escaping on costs %.2f times off\n",
		    contenders[0].rates[ROUNDS / 2] /
			contenders[1].rates[ROUNDS / 2]);
	program_free(&bench.off);
	program_free(&bench.on);
	arena_free(&bench.arena);
	arena_free(&data_arena);
	buf_deinit(&bench.out);
	buf_deinit(&source);
	buf_deinit(&data);
	return 0;
}
