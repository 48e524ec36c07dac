#include "store/record/history.h"

const char *
exposure_word(enum exposure_state state)
{
	static const char *const words[EXPOSURE_STATES] = {
		[EXPOSURE_RESERVED] = "reserved",
		[EXPOSURE_DELIVERED] = "delivered",
		[EXPOSURE_BOUNCED] = "bounced",
		[EXPOSURE_FAILED] = "failed",
		[EXPOSURE_EXPIRED] = "expired",
		[EXPOSURE_VOID] = "void",
		[EXPOSURE_REFUSED] = "refused",
		[EXPOSURE_ABORTED] = "aborted",
	};

	return words[state];
}

const char *
reason_word(enum exposure_reason reason)
{
	static const char *const words[REASONS] = {
		[REASON_UNKNOWN] = "",
		[REASON_DECIDED] = "decided",
		[REASON_CONTROL] = "control",
		[REASON_HOLDOUT] = "holdout",
		[REASON_CONSENT] = "consent",
		[REASON_OBJECTION] = "objection",
		[REASON_RESTRICTED] = "restricted",
		[REASON_SENSITIVITY] = "sensitivity",
		[REASON_LANE] = "lane",
		[REASON_STRANGER] = "stranger",
	};

	return words[reason];
}

const char *
eligible_word(enum exposure_eligible eligible)
{
	static const char *const words[ELIGIBLES] = {
		[ELIGIBLE_UNKNOWN] = "",
		[ELIGIBLE_NO] = "no",
		[ELIGIBLE_YES] = "yes",
	};

	return words[eligible];
}

const char *
fall_word(enum slot_fall fall)
{
	static const char *const words[FALLS] = {
		[FALL_NONE] = "",
		[FALL_SEEN] = "seen",
		[FALL_CAP] = "cap",
		[FALL_BUDGET] = "budget",
		[FALL_OPTION] = "no_option",
	};

	return words[fall];
}

const char *
aside_word(enum response_aside aside)
{
	static const char *const words[ASIDES] = {
		[ASIDE_NOT] = "",
		[ASIDE_HEAD] = "head",
		[ASIDE_SCANNER] = "scanner",
		[ASIDE_SOON] = "too_soon",
		[ASIDE_BURST] = "burst",
		[ASIDE_OPEN] = "open",
	};

	return words[aside];
}
