#include "milter/decide/refusal.h"

#include "milter/decide/consent.h"
#include "store/record/profile.h"

/* A name of the campaign that ends the sentence. */
enum naming { NAMES_NOTHING, NAMES_CAMPAIGN, NAMES_PERMISSION };

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
	[REFUSAL_OBJECTION] = { "objection",
	    "this person objected to marketing", NAMES_NOTHING,
	    ERR_SUPPRESSED },
	[REFUSAL_PERMISSION] = { "permission",
	    "this person has not consented to such mail", NAMES_PERMISSION,
	    ERR_SUPPRESSED },
	[REFUSAL_WINDOW] = { "window", "the campaign is not running",
	    NAMES_CAMPAIGN, ERR_WINDOW },
	[REFUSAL_UNKNOWN] = { "unknown", "nobody is known by this address",
	    NAMES_NOTHING, ERR_SUPPRESSED },
};

enum refusal
refusal_of_person(const struct profile *profile, bool erased)
{
	if (erased)
		return REFUSAL_ERASED;
	if (profile != NULL && profile->suppressed)
		return REFUSAL_SUPPRESSED;
	if (profile != NULL && profile->object_marketing)
		return REFUSAL_OBJECTION;
	return REFUSAL_NONE;
}

/* Whether the person said yes to mail of this kind. */
static bool
may_be_mailed(const struct campaign *campaign, const struct profile *profile,
    int64_t heard)
{
	if (profile == NULL)
		return campaign->permission.len == 0;
	return consent_given(profile, campaign->permission, heard);
}

enum refusal
refusal_find(const struct campaign *campaign, const struct profile *profile,
    bool erased, int64_t now, int64_t heard)
{
	enum refusal refusal = refusal_of_person(profile, erased);

	if (campaign_phase(campaign, now) != 0)
		return REFUSAL_WINDOW;
	if (refusal != REFUSAL_NONE)
		return refusal;
	if (profile == NULL && campaign->unknown_recipient == UNKNOWN_REFUSE)
		return REFUSAL_UNKNOWN;
	return may_be_mailed(campaign, profile, heard) ? REFUSAL_NONE
						       : REFUSAL_PERMISSION;
}

const char *
refusal_word(enum refusal refusal)
{
	return rows[refusal].word;
}

/* The name that ends the sentence, or "". */
static struct span
named(enum refusal refusal, const struct campaign *campaign)
{
	switch (rows[refusal].naming) {
	case NAMES_NOTHING:
		break;
	case NAMES_CAMPAIGN:
		return campaign->id;
	case NAMES_PERMISSION:
		return campaign->permission;
	}
	return SPAN_NONE;
}

void
refusal_tell(
    enum refusal refusal, const struct campaign *campaign, struct buf *text)
{
	struct span name = named(refusal, campaign);

	buf_str(text, rows[refusal].text);
	if (name.len != 0)
		buf_printf(text, ": %.*s", SPAN_ARG(name));
}

int
refusal_fail(
    enum refusal refusal, const struct campaign *campaign, struct err *err)
{
	struct span name = named(refusal, campaign);

	return err_set(err, rows[refusal].code, "%s%s%.*s", rows[refusal].text,
	    name.len != 0 ? ": " : "", SPAN_ARG(name));
}
