#include "tools/people/dossier.h"

#include "store/record/key.h"

#define ATTEMPTS 20

int
dossier_decode(struct dossier *dossier, struct arena *arena, struct err *err)
{
	const struct stored *values = dossier->record.values;

	dossier->erased = values[RECORD_TOMBSTONE].version != 0;
	dossier->profile = (struct profile){ .address = dossier->address };
	dossier->history = (struct history){ 0 };
	dossier->known = values[RECORD_PROFILE].bytes.len != 0;
	if (values[RECORD_PROFILE].corrupt || values[RECORD_HISTORY].corrupt)
		return err_set(err, ERR_STORE,
		    "the record is damaged; see `inlay db verify`");
	if (dossier->known && profile_decode(values[RECORD_PROFILE].bytes,
				  arena, &dossier->profile, err) < 0)
		return -1;
	return history_decode(
	    values[RECORD_HISTORY].bytes, arena, &dossier->history, err);
}

static int
read_record(struct cli *cli, struct dossier *dossier, struct err *err)
{
	int found = engine_get(
	    cli->engine, &dossier->key, cli->arena, &dossier->record, err);

	if (found < 0 || dossier_decode(dossier, cli->arena, err) < 0)
		return -1;
	return found;
}

int
dossier_read(struct cli *cli, const char *address, struct dossier *dossier,
    struct err *err)
{
	*dossier = (struct dossier){ .known = false };
	if (cli_address(cli, address, &dossier->address, err) < 0)
		return -1;
	dossier->key = record_key(cli->tenant, dossier->address);
	return read_record(cli, dossier, err);
}

/* Adds one write; no bytes make it a deletion. */
static void
prepare(const struct dossier *dossier, enum record_kind kind, struct span bytes,
    struct write *writes, size_t *count)
{
	const struct stored *now = &dossier->record.values[kind];

	if (bytes.len == 0 && now->version == 0)
		return;
	writes[(*count)++] = (struct write){ .key = dossier->key,
		.kind = kind,
		.version = now->version,
		.bytes = bytes };
}

/* 1 written, 0 somebody was faster, -1. */
static int
write_back(
    struct cli *cli, const struct dossier *dossier, int what, struct err *err)
{
	struct write writes[2];
	size_t count = 0;
	struct buf profile, history;

	buf_init(&profile, cli->arena, ENGINE_VALUE_MAX);
	buf_init(&history, cli->arena, ENGINE_VALUE_MAX);
	if ((what & DOSSIER_PROFILE) &&
	    profile_encode(&dossier->profile, cli->arena, &profile, err) < 0)
		return -1;
	if ((what & DOSSIER_HISTORY) &&
	    history_encode(&dossier->history, cli->arena, &history, err) < 0)
		return -1;
	if (what & (DOSSIER_PROFILE | DOSSIER_FORGET_PROFILE))
		prepare(dossier, RECORD_PROFILE, buf_span(&profile), writes,
		    &count);
	if (what & (DOSSIER_HISTORY | DOSSIER_FORGET_HISTORY))
		prepare(dossier, RECORD_HISTORY, buf_span(&history), writes,
		    &count);
	if (count == 0)
		return 1;
	return engine_commit(cli->engine, writes, count, err);
}

int
dossier_edit(struct cli *cli, const char *address,
    int (*edit)(void *context, struct dossier *dossier, struct arena *arena,
	struct err *err),
    void *context, struct err *err)
{
	struct dossier dossier;
	int what, done = dossier_read(cli, address, &dossier, err);

	for (int i = 0; done >= 0 && i < ATTEMPTS; i++) {
		what = edit(context, &dossier, cli->arena, err);
		if (what <= 0)
			return what;
		done = write_back(cli, &dossier, what, err);
		if (done == 1)
			return what;
		if (done == 0)
			done = read_record(cli, &dossier, err);
	}
	if (done < 0)
		return -1;
	return err_set(
	    err, ERR_CONFLICT, "the record keeps changing; try again");
}
