#include "tools/tidings.h"

#include "store/base/buf.h"
#include "tools/dossier.h"

#define ADDRESS_MAX 1000

/* The copy's entry, or NULL. */
static const struct exposure *
entry_of(const struct history *history, struct span tenant,
    struct span message_id, struct span address, struct message_key *key)
{
	for (size_t i = 0; i < history->exposure_count; i++) {
		const struct exposure *exposure = &history->exposures[i];

		*key = message_key(
		    tenant, exposure->campaign, message_id, address);
		if (memcmp(key->bytes, exposure->tag, KEY_TAG) == 0)
			return exposure;
	}
	return NULL;
}

/* Who complains is mailed no more, and it counts as a loss. */
static int
complain(struct tidings *tidings, struct dossier *dossier,
    const struct exposure *exposure, struct arena *arena, struct err *err)
{
	struct response response = { .time = tidings->at,
		.type = SPAN("complaint"),
		.topic = exposure->topic };
	int what = 0;

	/* The same report read again is no second complaint. */
	for (size_t i = 0; i < dossier->history.response_count; i++) {
		const struct response *before = &dossier->history.responses[i];

		if (memcmp(before->tag, exposure->tag, KEY_TAG) == 0 &&
		    span_eq(before->type, response.type))
			return 0;
	}
	memcpy(response.tag, exposure->tag, KEY_TAG);
	if (history_respond(&dossier->history, &response, arena, err) < 0)
		return -1;
	what = DOSSIER_HISTORY;
	if (!dossier->profile.object_marketing) {
		dossier->profile.address = dossier->address;
		dossier->profile.object_marketing = true;
		what |= DOSSIER_PROFILE;
	}
	return what;
}

struct telling {
	struct tidings *tidings;
	struct span tenant;
};

static int
tell(void *context, struct dossier *dossier, struct arena *arena,
    struct err *err)
{
	struct telling *telling = context;
	struct tidings *tidings = telling->tidings;
	struct message_key key;
	const struct exposure *exposure = entry_of(&dossier->history,
	    telling->tenant, tidings->message_id, dossier->address, &key);

	tidings->known = exposure != NULL;
	if (!exposure || dossier->erased)
		return 0;
	if (tidings->complaint)
		return complain(tidings, dossier, exposure, arena, err);
	return history_mark(
		   &dossier->history, &key, tidings->state, tidings->at)
		   ? DOSSIER_HISTORY
		   : 0;
}

int
tidings_tell(struct cli *cli, struct tidings *tidings, struct span address,
    struct err *err)
{
	struct telling telling = { tidings, cli->tenant };
	struct arena_mark mark = arena_mark(cli->arena);
	struct err trouble = ERR_INIT;
	char text[ADDRESS_MAX + 1];
	int done;

	tidings->known = tidings->changed = false;
	if (address.len == 0 || address.len > ADDRESS_MAX)
		return 0;
	memcpy(text, address.at, address.len);
	text[address.len] = '\0';
	done = dossier_edit(cli, text, tell, &telling, &trouble);
	arena_rewind(cli->arena, mark);
	/* An odd address in a report is not ours; a failing store is. */
	if (done < 0 && trouble.code != ERR_INPUT)
		return err_set(err, trouble.code, "%s", trouble.text);
	tidings->changed = done > 0;
	return tidings->known;
}
