#include "tools/doctor/listener.h"

const struct rule *
listener_rule(const struct settings *settings, struct span daemon)
{
	const struct rules *rules = &settings->rules;

	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->rules[i];
		bool named = rule->daemon.len != 0;

		if (daemon.len == 0 ? named
				    : !named || span_eq(rule->daemon, daemon))
			return rule;
	}
	return NULL;
}

struct symptom *
listener_look(struct diagnosis *diagnosis, const struct settings *settings,
    const char *where, struct span daemon)
{
	const struct rule *rule = listener_rule(settings, daemon);

	if (!rule)
		return diagnose(diagnosis, "daemon-name", HEALTH_FAIL,
		    "%s calls itself %.*s, and no allow rule knows that name: "
		    "its campaign mail is refused",
		    where, SPAN_ARG(daemon));
	if (!rule->only_campaign && rule->daemon.len != 0)
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "only-campaign", HEALTH_WARN,
			"mail without %s passes %s as it is, a raw template "
			"too",
			settings->campaign_header, where),
		    "only=campaign in the rule daemon=%.*s of %s",
		    SPAN_ARG(daemon), settings->file);
	return NULL;
}
