#include "milter/decide/refusal.h"

#include "milter/decide/consent.h"
#include "store/catalog/campaign_channels.h"
#include "store/record/profile.h"

/* What ends the sentence. */
enum naming {
	NAMES_NOTHING,
	NAMES_CAMPAIGN,
	NAMES_PERMISSION,
	NAMES_OBJECTION,
	NAMES_CHANNEL,
	NAMES_BOUNCES
};

#define SENTENCE_MAX 500

static const struct {
	const char *word;
	const char *text;
	enum naming naming;
	enum err_code code;
} rows[REFUSALS] = {
	[REFUSAL_NONE] = { "", "is mailed", NAMES_NOTHING, ERR_NONE },
	[REFUSAL_ERASED] = { "erased", "this person was erased", NAMES_NOTHING,
	    ERR_SUPPRESSED },
	[REFUSAL_SUPPRESSED] = { "suppressed", "the address is suppressed",
	    NAMES_NOTHING, ERR_SUPPRESSED },
	[REFUSAL_BOUNCED] = { "bounced", "suppressed", NAMES_BOUNCES,
	    ERR_SUPPRESSED },
	[REFUSAL_OBJECTION] = { "objection",
	    "this person objected to marketing", NAMES_NOTHING,
	    ERR_SUPPRESSED },
	[REFUSAL_PERMISSION] = { "permission",
	    "this person has not consented to such mail", NAMES_PERMISSION,
	    ERR_SUPPRESSED },
	[REFUSAL_CHANNEL] = { "channel",
	    "this person objected to being reached so", NAMES_OBJECTION,
	    ERR_SUPPRESSED },
	[REFUSAL_NEEDS] = { "needs",
	    "what is needed to reach this person so is not known",
	    NAMES_CHANNEL, ERR_SUPPRESSED },
	[REFUSAL_HOURS] = { "hours", "outside of the hours of the channel",
	    NAMES_CHANNEL, ERR_WINDOW },
	[REFUSAL_WINDOW] = { "window", "the campaign is not running",
	    NAMES_CAMPAIGN, ERR_WINDOW },
	[REFUSAL_UNKNOWN] = { "unknown", "nobody is known by this address",
	    NAMES_NOTHING, ERR_SUPPRESSED },
};

enum refusal
refusal_of_person(const struct refusal_person *person, struct bounced *bounced)
{
	const struct profile *profile = person->profile;

	if (person->erased)
		return REFUSAL_ERASED;
	if (profile == NULL)
		return REFUSAL_NONE;
	if (profile->suppressed)
		return REFUSAL_SUPPRESSED;
	if (person->bounces != NULL &&
	    bounced_find(profile, person->bounces, bounced))
		return REFUSAL_BOUNCED;
	return profile->object_marketing ? REFUSAL_OBJECTION : REFUSAL_NONE;
}

/* The consent without which nothing is sent: the channel's own comes first. */
static struct span
permission_of(const struct campaign *campaign, const struct channel *channel)
{
	return channel != NULL && channel->permission.len != 0
		   ? channel->permission
		   : campaign->permission;
}

/* Whether the person said yes to mail of this kind. */
static bool
may_be_mailed(
    struct span permission, const struct profile *profile, int64_t heard)
{
	if (profile == NULL)
		return permission.len == 0;
	return consent_given(profile, permission, heard);
}

/* What the channel has against it; its needs are the decision's to ask. */
static enum refusal
refusal_of_channel(const struct campaign *campaign,
    const struct channel *channel, const struct profile *profile, int64_t now,
    int64_t heard)
{
	if (channel == NULL)
		return REFUSAL_NONE;
	if (profile != NULL && channel->objection.len != 0 &&
	    consent_refused(profile, channel->objection, heard))
		return REFUSAL_CHANNEL;
	return channel_open(channel, campaign->clocks, now) ? REFUSAL_NONE
							    : REFUSAL_HOURS;
}

enum refusal
refusal_find(const struct campaign *campaign, const struct channel *channel,
    const struct refusal_person *person, int64_t now, int64_t heard,
    struct bounced *bounced)
{
	enum refusal refusal = refusal_of_person(person, bounced);

	if (campaign_phase(campaign, now) != 0)
		return REFUSAL_WINDOW;
	if (refusal != REFUSAL_NONE)
		return refusal;
	if (person->profile == NULL &&
	    campaign->unknown_recipient == UNKNOWN_REFUSE)
		return REFUSAL_UNKNOWN;
	if (!may_be_mailed(
		permission_of(campaign, channel), person->profile, heard))
		return REFUSAL_PERMISSION;
	return refusal_of_channel(
	    campaign, channel, person->profile, now, heard);
}

const char *
refusal_word(enum refusal refusal)
{
	return rows[refusal].word;
}

/* The name that ends the sentence, or "". */
static struct span
named(enum refusal refusal, const struct refusal_names *names)
{
	const struct channel *channel = names->channel;

	switch (rows[refusal].naming) {
	case NAMES_NOTHING:
	case NAMES_BOUNCES:
		break;
	case NAMES_CAMPAIGN:
		return names->campaign->id;
	case NAMES_PERMISSION:
		return permission_of(names->campaign, channel);
	case NAMES_OBJECTION:
		return channel != NULL ? channel->objection : SPAN_NONE;
	case NAMES_CHANNEL:
		return channel != NULL ? channel->name : SPAN_NONE;
	}
	return SPAN_NONE;
}

void
refusal_tell(
    enum refusal refusal, const struct refusal_names *names, struct buf *text)
{
	struct span name = named(refusal, names);

	buf_str(text, rows[refusal].text);
	if (name.len != 0)
		buf_printf(text, ": %.*s", SPAN_ARG(name));
	if (rows[refusal].naming != NAMES_BOUNCES)
		return;
	buf_str(text, names->bounced == NULL ? ": bounces" : ": ");
	if (names->bounced != NULL)
		bounced_tell(names->bounced, text);
}

int
refusal_fail(
    enum refusal refusal, const struct refusal_names *names, struct err *err)
{
	struct buf text;

	buf_init_heap(&text, SENTENCE_MAX);
	refusal_tell(refusal, names, &text);
	err_set(err, rows[refusal].code, "%s",
	    text.failed ? rows[refusal].text : buf_cstr(&text));
	buf_deinit(&text);
	return -1;
}

bool
refusal_passes(enum refusal refusal)
{
	return refusal == REFUSAL_WINDOW || refusal == REFUSAL_HOURS;
}
