#include "milter/reply.h"

#include <stdio.h>

static const struct reply replies[REPLIES] = {
	[ERR_NONE] = { REPLY_ACCEPT, "250", "2.0.0", "Accepted", 0 },
	[ERR_INPUT] = { REPLY_REJECT, "554", "5.6.0",
	    "The message cannot be personalised", 1 },
	[ERR_CONFIG] = { REPLY_TEMPFAIL, "451", "4.3.0",
	    "Personalisation is not available now", 0 },
	[ERR_SYSTEM] = { REPLY_TEMPFAIL, "451", "4.3.0",
	    "Personalisation is not available now", 0 },
	[ERR_MEMORY] = { REPLY_TEMPFAIL, "451", "4.3.0",
	    "Not enough memory to personalise the message now", 0 },
	[ERR_STORE] = { REPLY_TEMPFAIL, "451", "4.3.0",
	    "The recipient store is not available now", 0 },
	[ERR_CONFLICT] = { REPLY_TEMPFAIL, "451", "4.3.0",
	    "The recipient's record is busy", 0 },
	[ERR_DEADLINE] = { REPLY_TEMPFAIL, "451", "4.3.0",
	    "Personalising took too long", 0 },
	[ERR_KEY] = { REPLY_TEMPFAIL, "451", "4.3.0",
	    "The message cannot be signed now", 0 },
	[ERR_TEMPLATE] = { REPLY_REJECT, "554", "5.6.0", "Template error", 1 },
	[ERR_MISSING] = { REPLY_REJECT, "554", "5.6.0", "Missing data", 1 },
	[ERR_LIMIT] = { REPLY_REJECT, "554", "5.6.0",
	    "The template needs too much", 1 },
	[ERR_AMBIGUOUS] = { REPLY_REJECT, "554", "5.6.0",
	    "Ambiguous message structure", 1 },
	[ERR_DECODE] = { REPLY_REJECT, "554", "5.6.0",
	    "A part with a tag cannot be decoded", 1 },
	[ERR_CAMPAIGN] = { REPLY_REJECT, "550", "5.7.1", "No such campaign",
	    0 },
	[ERR_WINDOW] = { REPLY_REJECT, "550", "5.7.1",
	    "The campaign is not running now", 0 },
	[ERR_MESSAGE_ID] = { REPLY_REJECT, "550", "5.6.0",
	    "Campaign mail needs one Message-ID", 0 },
	[ERR_SUPPRESSED] = { REPLY_REJECT, "550", "5.7.1",
	    "The recipient does not want marketing mail", 0 },
	[ERR_SIZE] = { REPLY_REJECT, "552", "5.3.4", "The message is too big",
	    0 },
	[ERR_ABORT] = { REPLY_REJECT, "550", "5.7.1",
	    "The template declines this recipient", 1 },
	[ERR_GUARD] = { REPLY_REJECT, "554", "5.6.0",
	    "A template tag would have been left in the message", 1 },
	[ERR_AUTH] = { REPLY_REJECT, "550", "5.7.1",
	    "The template is not authentic", 1 },
	[ERR_FROM] = { REPLY_REJECT, "550", "5.7.1",
	    "The From domain is not allowed here", 0 },
	[REPLY_SECOND_RECIPIENT] = { REPLY_TEMPFAIL, "452", "4.5.3",
	    "Campaign mail takes one recipient at a time", 0 },
	[REPLY_SHUTDOWN] = { REPLY_TEMPFAIL, "451", "4.3.2",
	    "Going down, come again", 0 },
	[REPLY_NO_CAMPAIGN] = { REPLY_REJECT, "550", "5.7.1",
	    "Only campaign mail is taken here", 1 },
	[REPLY_STOWAWAY] = { REPLY_REJECT, "550", "5.7.1",
	    "Campaign mail is not taken here", 0 },
	[REPLY_STOWAWAY_DEFERRED] = { REPLY_TEMPFAIL, "451", "4.7.1",
	    "Campaign mail is not taken here now", 0 },
};

const struct reply *
reply_for(unsigned occasion)
{
	return &replies[occasion];
}

/* Where a template fails for one person can be made to depend on any value of
 * theirs: whoever may send templates must not read values off the place. */
static void
write_text(const struct reply *reply, const struct err *err, const char *id,
    char *out, unsigned long size)
{
	char detail[sizeof err->where + sizeof err->text + 32];

	if (!reply->detailed || err == NULL || err->text[0] == '\0')
		snprintf(out, size, "%s", reply->text);
	else if (!err->personal)
		snprintf(out, size, "%s: %s", reply->text,
		    err_public(err, detail, sizeof detail));
	else if (id != NULL)
		snprintf(
		    out, size, "%s (told in the log of %s)", reply->text, id);
	else
		snprintf(out, size, "%s (told in the log)", reply->text);
}

/* libmilter refuses line ends, and '%' means something to sendmail. */
const char *
reply_text(const struct reply *reply, const struct err *err, const char *id,
    char *out, unsigned long size)
{
	write_text(reply, err, id, out, size > 401 ? 401 : size);
	for (char *c = out; *c; c++)
		if (*c < ' ' || *c > '~' || *c == '%')
			*c = '?';
	return out;
}
