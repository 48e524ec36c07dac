/*
 * inlay db: stat.
 */
#include <sysexits.h>

#include "store/engine.h"
#include "tools/out.h"
#include "tools/verbs.h"

static const struct {
	const char *name, *help;
	size_t offset;
} numbers[] = {
#define NUMBER(member, help) \
	{ \
#member, help, offsetof(struct engine_stat, member) \
	}
	NUMBER(records[RECORD_PROFILE], "profiles"),
	NUMBER(records[RECORD_HISTORY], "histories"),
	NUMBER(records[RECORD_TOMBSTONE], "tombstones"),
	NUMBER(entries, "catalog entries"),
	NUMBER(generation, "catalog generation"),
	NUMBER(used_bytes, "bytes of the file"),
	NUMBER(live_bytes, "bytes holding data"),
	NUMBER(map_bytes, "bytes of the map"),
	NUMBER(limit_bytes, "bytes that can be used"),
	NUMBER(stale_readers, "stale readers cleared"),
};

static uint64_t
number(const struct engine_stat *stat, size_t i)
{
	uint64_t value;

	memcpy(&value, (const char *)stat + numbers[i].offset, sizeof(value));
	return value;
}

int
verb_db_stat(struct cli *cli, struct err *err)
{
	struct engine_stat stat;
	json_t *object = cli->json ? json_object() : NULL;

	if (engine_stat(cli->engine, &stat, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		uint64_t value = number(&stat, i);

		if (object)
			out_set(object, numbers[i].help,
			    json_integer((json_int_t)value));
		else
			fprintf(cli->out, "%-24s %llu\n", numbers[i].help,
			    (unsigned long long)value);
	}
	if (object) {
		out_set(object, "engine", json_string(stat.name));
		out_set(object, "layout", json_integer(stat.schema));
		out_set(object, "alarm", json_boolean(stat.alarm));
		return out_json_pretty(cli->out, object, err) < 0 ? -1 : EX_OK;
	}
	fprintf(cli->out, "%-24s %s, layout %u\n", "engine", stat.name,
	    stat.schema);
	if (stat.alarm)
		fprintf(cli->errors, "inlay: warning: over 80 %% of the "
				     "space is used\n");
	return EX_OK;
}
