#include "milter/decide/refusal.h"

#include "milter/decide/consent.h"
#include "store/record/profile.h"

/* What ends the sentence. */
enum naming { NAMES_NOTHING, NAMES_CAMPAIGN, NAMES_PERMISSION, NAMES_BOUNCES };

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
	if (bounced_find(profile, person->bounces, bounced))
		return REFUSAL_BOUNCED;
	return profile->object_marketing ? REFUSAL_OBJECTION : REFUSAL_NONE;
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
refusal_find(const struct campaign *campaign,
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
	return may_be_mailed(campaign, person->profile, heard)
		   ? REFUSAL_NONE
		   : REFUSAL_PERMISSION;
}

const char *
refusal_word(enum refusal refusal)
{
	return rows[refusal].word;
}

/* The name of the campaign's that ends the sentence, or "". */
static struct span
named(enum refusal refusal, const struct campaign *campaign)
{
	switch (rows[refusal].naming) {
	case NAMES_NOTHING:
	case NAMES_BOUNCES:
		break;
	case NAMES_CAMPAIGN:
		return campaign->id;
	case NAMES_PERMISSION:
		return campaign->permission;
	}
	return SPAN_NONE;
}

void
refusal_tell(enum refusal refusal, const struct campaign *campaign,
    const struct bounced *bounced, struct buf *text)
{
	struct span name = named(refusal, campaign);

	buf_str(text, rows[refusal].text);
	if (name.len != 0)
		buf_printf(text, ": %.*s", SPAN_ARG(name));
	if (rows[refusal].naming != NAMES_BOUNCES)
		return;
	buf_str(text, bounced == NULL ? ": bounces" : ": ");
	if (bounced != NULL)
		bounced_tell(bounced, text);
}

int
refusal_fail(enum refusal refusal, const struct campaign *campaign,
    const struct bounced *bounced, struct err *err)
{
	struct buf text;

	buf_init_heap(&text, SENTENCE_MAX);
	refusal_tell(refusal, campaign, bounced, &text);
	err_set(err, rows[refusal].code, "%s",
	    text.failed ? rows[refusal].text : buf_cstr(&text));
	buf_deinit(&text);
	return -1;
}
