/*
 * The compiler on any source, in each syntax and place: it must end, leak
 * nothing, and say where it failed.
 */
#include "milter/liquid/liquid.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct program_options options = { .name = "fuzz",
		.memory_max = 16 << 20 };
	struct err err = ERR_INIT;
	struct program *program;
	unsigned choice;

	if (size == 0)
		return 0;
	choice = data[0];
	options.syntax = (enum syntax)(choice % 3);
	options.place = (enum place)(choice / 3 % 4);
	options.mend = choice & 64;
	options.braze = choice & 128;
	options.errors_inline = choice & 32;
	if (program_compile(
		span_of(data + 1, size - 1), &options, &program, &err) < 0) {
		if (program != NULL || err.code == ERR_NONE || err.line == 0)
			abort();
		return 0;
	}
	program_free(&program);
	return 0;
}
