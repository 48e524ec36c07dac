/*
 * The POSIX TZ rule at the end of a zone file: which clock applies after the
 * last transition that the file lists, for ever (RFC 8536 3.3).
 */
#ifndef INLAY_BASE_ZONE_RULE_H
#define INLAY_BASE_ZONE_RULE_H

#include "store/base/zone.h"

/* One change of clocks in a year. */
struct zone_change {
	char form; /* 'M' month, week, day; 'J' day 1-365; 'n' day 0-365 */
	int month;
	int week;
	int day;
	int32_t time; /* seconds after that day's midnight, may be negative */
};

struct zone_rule {
	struct zone_time standard;
	struct zone_time summer;
	bool has_summer;
	struct zone_change begin; /* of summer time, by the standard clock */
	struct zone_change end;	  /* of summer time, by the summer clock */
};

/* true, or false where the text is not of the form. */
bool zone_rule_parse(struct span text, struct zone_rule *rule);

struct zone_time zone_rule_at(const struct zone_rule *rule, int64_t epoch);

#endif
