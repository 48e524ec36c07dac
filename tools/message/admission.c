#include "tools/message/admission.h"

int
admission_foreign(const struct settings *settings, struct err *err)
{
	const struct rules *rules = &settings->rules;

	for (size_t i = 0; i < rules->count; i++)
		if (!rules->rules[i].only_campaign)
			return 0;
	if (rules->count == 0)
		return 0;
	return err_set(err, ERR_CAMPAIGN, "add the header %s: CAMPAIGN",
	    settings->campaign_header);
}

int
admission_next(
    const struct settings *settings, struct personalise_request *request)
{
	const struct rules *rules = &settings->rules;
	bool first = request->rules == NULL;

	request->rules = rules;
	if (rules->count == 0)
		return first;
	request->rule = first ? rules->rules : request->rule + 1;
	return request->rule < rules->rules + rules->count;
}
