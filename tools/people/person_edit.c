#include "tools/people/person_edit.h"

#include "store/record/key.h"

#define ATTEMPTS 20

int
person_edit_decode(
    struct person_edit *person, struct arena *arena, struct err *err)
{
	const struct stored *values = person->record.values;

	person->erased = values[RECORD_TOMBSTONE].version != 0;
	person->profile = (struct profile){ .address = person->address };
	person->history = (struct history){ 0 };
	person->known = values[RECORD_PROFILE].bytes.len != 0;
	if (values[RECORD_PROFILE].corrupt || values[RECORD_HISTORY].corrupt)
		return err_set(err, ERR_STORE,
		    "the record is damaged; see `inlay db verify`");
	if (person->known && profile_decode(values[RECORD_PROFILE].bytes, arena,
				 &person->profile, err) < 0)
		return -1;
	return history_decode(
	    values[RECORD_HISTORY].bytes, arena, &person->history, err);
}

static int
read_record(struct cli *cli, struct person_edit *person, struct err *err)
{
	int found = engine_get(
	    cli->engine, &person->key, cli->arena, &person->record, err);

	if (found < 0 || person_edit_decode(person, cli->arena, err) < 0)
		return -1;
	return found;
}

int
person_edit_read(struct cli *cli, const char *address,
    struct person_edit *person, struct err *err)
{
	*person = (struct person_edit){ .known = false };
	if (cli_address(cli, address, &person->address, err) < 0)
		return -1;
	person->key = record_key(cli->tenant, person->address);
	return read_record(cli, person, err);
}

/* Adds one write; no bytes make it a deletion. */
static void
prepare(const struct person_edit *person, enum record_kind kind,
    struct span bytes, struct write *writes, size_t *count)
{
	const struct stored *now = &person->record.values[kind];

	if (bytes.len == 0 && now->version == 0)
		return;
	writes[(*count)++] = (struct write){ .key = person->key,
		.kind = kind,
		.version = now->version,
		.bytes = bytes };
}

/* 1 written, 0 somebody was faster, -1. */
static int
write_back(struct cli *cli, const struct person_edit *person, int what,
    struct err *err)
{
	struct write writes[2];
	size_t count = 0;
	struct buf profile, history;

	buf_init(&profile, cli->arena, ENGINE_VALUE_MAX);
	buf_init(&history, cli->arena, ENGINE_VALUE_MAX);
	if ((what & EDIT_PROFILE) &&
	    profile_encode(&person->profile, cli->arena, &profile, err) < 0)
		return -1;
	if ((what & EDIT_HISTORY) &&
	    history_encode(&person->history, cli->arena, &history, err) < 0)
		return -1;
	if (what & (EDIT_PROFILE | EDIT_FORGET_PROFILE))
		prepare(
		    person, RECORD_PROFILE, buf_span(&profile), writes, &count);
	if (what & (EDIT_HISTORY | EDIT_FORGET_HISTORY))
		prepare(
		    person, RECORD_HISTORY, buf_span(&history), writes, &count);
	if (count == 0)
		return 1;
	return engine_commit(cli->engine, writes, count, err);
}

int
person_edit_run(struct cli *cli, const char *address,
    int (*edit)(void *context, struct person_edit *person, struct arena *arena,
	struct err *err),
    void *context, struct err *err)
{
	struct person_edit person;
	int what, done = person_edit_read(cli, address, &person, err);

	for (int i = 0; done >= 0 && i < ATTEMPTS; i++) {
		what = edit(context, &person, cli->arena, err);
		if (what <= 0)
			return what;
		done = write_back(cli, &person, what, err);
		if (done == 1)
			return what;
		if (done == 0)
			done = read_record(cli, &person, err);
	}
	if (done < 0)
		return -1;
	return err_set(
	    err, ERR_CONFLICT, "the record keeps changing; try again");
}
