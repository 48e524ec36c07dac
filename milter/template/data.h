/*
 * What a template may know about one copy: profile.*, recipient.*,
 * campaign.*, ref.*, slot.* and variant.*. The profile is seen only through
 * the decision: a field that is not visible is not there.
 */
#ifndef INLAY_MILTER_DATA_H
#define INLAY_MILTER_DATA_H

#include "milter/decide/decide.h"
#include "milter/liquid/liquid.h"
#include "milter/template/template.h"

struct engine;
struct token_keys;
struct zones;

struct data_request {
	const struct template *template;
	struct engine *engine;		 /* for ref.TABLE[key] */
	const struct token_keys *tokens; /* for recipient.token; may be NULL */
	struct zones *zones;		 /* of time zones; may be NULL */
	struct span tenant;
	struct span address;	  /* normalised */
	const unsigned char *tag; /* KEY_TAG bytes: of the copy, for marks on
				     its links; NULL: there is none */
	int64_t now;
	struct work *work;  /* of the message, which pays for all of it */
	unsigned depth_max; /* partials within partials; 0: 100 */
	size_t part_max;    /* bytes of one rendering */
};

struct data;

/* The data of one copy, in the arena. 0, or -1 ERR_MEMORY. */
int data_new(const struct data_request *request, struct arena *arena,
    struct data **data, struct err *err);

/* Whose visibility rules from now on; must outlive the data. */
void data_see(struct data *data, const struct decision *decision);

/* What the copy's links are marked with: 1 and *mark in the arena; 0 nothing,
 * for the campaign or the person does not want it; -1: ERR_KEY, ERR_MEMORY. */
int data_link_mark(const struct data *data, struct arena *arena,
    struct span *mark, struct err *err);

/* What a fragment in that place sees; the callbacks show the decision's slots
 * and variants. Valid until the next call. */
const struct liquid_env *data_env(struct data *data, enum place place);

/* The callbacks of a decide_request; their context is the data. */
int data_option_test(void *data, const struct decision *decision, unsigned slot,
    unsigned option, struct err *err);
int data_block_test(void *data, const struct decision *decision,
    const struct block *block, struct err *err);
int data_segment_test(void *data, const struct decision *decision,
    unsigned segment, struct err *err);
int data_derive(void *data, const struct decision *decision,
    const struct field *field, struct arena *arena, struct span *value,
    struct err *err);

#endif
