#include "milter/orders.h"

#include <stdio.h>

sfsistat
orders_reply(SMFICTX *ctx, const struct reply *reply, const struct err *err)
{
	char text[512], code[4], enhanced[8];

	snprintf(code, sizeof code, "%s", reply->smtp);
	snprintf(enhanced, sizeof enhanced, "%s", reply->enhanced);
	reply_text(reply, err, smfi_getsymval(ctx, (char[]){ "i" }), text,
	    sizeof text);
	switch (reply->action) {
	case REPLY_ACCEPT:
		return SMFIS_ACCEPT;
	case REPLY_DISCARD:
		return SMFIS_DISCARD;
	case REPLY_TEMPFAIL:
		smfi_setreply(ctx, code, enhanced, text);
		return SMFIS_TEMPFAIL;
	case REPLY_REJECT:
		smfi_setreply(ctx, code, enhanced, text);
		return SMFIS_REJECT;
	}
	return SMFIS_TEMPFAIL;
}

/* libmilter's prototypes have no const; it does not write. */
static char *
text_of(struct span text)
{
	return (char *)(uintptr_t)text.at;
}

static int
change_header(SMFICTX *ctx, const struct header_change *change, bool blanks)
{
	char *name = text_of(change->name), *value = text_of(change->value);

	/* Without this agreement the mail server adds the blank itself. */
	if (!blanks && value != NULL && value[0] == ' ')
		value++;
	switch (change->action) {
	case HEADER_SET:
		return smfi_chgheader(ctx, name, (int)change->nth, value);
	case HEADER_REMOVE:
		return smfi_chgheader(ctx, name, (int)change->nth, NULL);
	case HEADER_ADD:
		return smfi_addheader(ctx, name, value);
	}
	return MI_FAILURE;
}

int
orders_give(SMFICTX *ctx, const struct outcome *outcome, bool blanks)
{
	char name[] = "DKIM-Signature";

	for (size_t i = 0; i < outcome->change_count; i++)
		if (change_header(ctx, &outcome->changes[i], blanks) !=
		    MI_SUCCESS)
			return -1;
	for (size_t i = outcome->signatures.count; i-- > 0;)
		if (smfi_insheader(ctx, 0, name,
			outcome->signature_values[i] + !blanks) != MI_SUCCESS)
			return -1;
	if (outcome->has_body &&
	    smfi_replacebody(ctx, (unsigned char *)outcome->body.at,
		(int)outcome->body.len) != MI_SUCCESS)
		return -1;
	return 0;
}
