/*
 * What the tests of rules share: findings of a campaign that waives nothing.
 */
#ifndef INLAY_TESTS_KIT_FINDINGS_H
#define INLAY_TESTS_KIT_FINDINGS_H

#include <check.h>

#include "store/base/arena.h"
#include "store/catalog/campaign.h"
#include "tests/suite.h"
#include "tools/message/finding.h"

static struct campaign campaign;
static struct findings findings;

static inline void
set_up(void)
{
	findings = (struct findings){ .campaign = &campaign,
		.arena = arena_new(1 << 20) };
	ck_assert_ptr_nonnull(findings.arena);
}

static inline void
tear_down(void)
{
	arena_free(&findings.arena);
}

/* One of the texts begins so; "" stands for no finding at all. */
static inline void
found(const char *source, const char *text)
{
	struct span begin = span_str(text);

	for (size_t i = 0; i < findings.count; i++)
		if (begin.len && span_starts(findings.list[i].text, begin))
			return;
	ck_assert_msg(begin.len == 0 && findings.count == 0,
	    "%s\n  lacks %s\n  has %zu, %.*s", source, text, findings.count,
	    SPAN_ARG(findings.count ? findings.list[0].text : SPAN("")));
}

#endif
