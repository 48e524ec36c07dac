/*
 * Why tells a decision in words a marketing person understands: one line for
 * the copy, the arm, each field, slot, option and variant. It decides
 * nothing and names no value of the profile.
 */
#ifndef INLAY_MILTER_WHY_H
#define INLAY_MILTER_WHY_H

#include "milter/decide/decide.h"

enum why_kind {
	WHY_COPY,    /* may it be mailed, how personal is it */
	WHY_ARM,     /* holdout, lane, arm and the hash that chose them */
	WHY_COMPARE, /* whether some arm would show more than the neutral */
	WHY_FIELD,   /* subject: the field */
	WHY_SLOT,    /* subject: the slot */
	WHY_OPTION,  /* subject: the option; of: its slot */
	WHY_VARIANT, /* subject: the variant */
	WHY_BUDGET
};

struct why_line {
	enum why_kind kind;
	struct span subject;
	struct span of;
	bool yes;	    /* visible, chosen, mailed */
	const char *reason; /* stable word; "" where yes */
	struct span text;   /* a sentence without its end mark */
};

/* All lines, in the order above; they live in the arena. 0, or -1
 * ERR_MEMORY. */
int why_lines(const struct decision *decision, struct arena *arena,
    const struct why_line **lines, size_t *count, struct err *err);

/* Adds why an option of the slot was not taken, with the field that it lacks:
 * "needs data (town is absent: we have no value)". */
void why_lost(struct buf *text, const struct decision *decision,
    const struct decided_option *option);

const char *why_kind_word(enum why_kind kind);

#endif
