#include "tools/input/rows_flags.h"

#include "store/base/date_format.h"

int
rows_flags_format(struct cli *cli, enum rows_format *format, struct err *err)
{
	const char *said = cli_flag(cli, "format");

	*format = ROWS_AUTO;
	if (!said)
		return 0;
	if (strcmp(said, "csv") == 0)
		*format = ROWS_CSV;
	else if (strcmp(said, "json") == 0)
		*format = ROWS_JSON;
	else
		return cli_misuse(err, "--format is csv or json");
	return 0;
}

/* "Adresse e-mail=email": the last = divides, for names of ours have none. */
static int
read_name(const char *text, struct rows_name *name, struct err *err)
{
	const char *equals = strrchr(text, '=');

	if (!equals || equals == text || equals[1] == '\0')
		return cli_misuse(
		    err, "--map takes COLUMN=NAME, not `%s`", text);
	name->from = span_trim(span_of(text, (size_t)(equals - text)));
	name->to = span_trim(span_str(equals + 1));
	return 0;
}

int
rows_flags(struct cli *cli, struct rows_options *options, struct err *err)
{
	struct rows_name *names =
	    arena_calloc(cli->arena, CLI_FLAGS_MAX, sizeof *names);
	const char *map;

	*options = (struct rows_options){ .names = names,
		.encoding = cli_flag(cli, "encoding") };
	if (!names)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (; (map = cli_flag_nth(cli, "map", options->name_count));
	     options->name_count++)
		if (read_name(map, &names[options->name_count], err) < 0)
			return -1;
	return rows_flags_format(cli, &options->format, err);
}

int
rows_flags_dates(struct cli *cli, struct date_formats *formats, struct err *err)
{
	const char *text;

	formats->list =
	    arena_calloc(cli->arena, CLI_FLAGS_MAX, sizeof *formats->list);
	if (!formats->list)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (; (text = cli_flag_nth(cli, "date-format", formats->count));
	     formats->count++) {
		const char *fault = date_format_fault(span_str(text));

		if (fault)
			return cli_misuse(
			    err, "--date-format `%s`: %s", text, fault);
		formats->list[formats->count] = span_str(text);
	}
	return 0;
}
