/*
 * A template is a campaign message made ready: every part and header that
 * holds a tag compiled, with the stored blocks it may show and the outline of
 * what it asks for. It says nothing about a recipient, so that one template
 * serves any number of copies.
 */
#ifndef INLAY_MILTER_TEMPLATE_H
#define INLAY_MILTER_TEMPLATE_H

#include "milter/template/cache.h"
#include "milter/mail/header.h"
#include "milter/mail/message.h"
#include "milter/decide/outline.h"
#include "store/catalog/catalog.h"

/* One compiled text, and where its rendering goes: a part, or a piece of a
 * header. */
struct fragment {
	const char *where; /* "text/html", "header Subject" */
	enum place place;
	struct span source;
	struct cached *cached; /* NULL: the text stands as it is */
	struct part *part;
	const struct header *header; /* all pieces of one are in a row */
	bool own;		     /* a header that the campaign sets */
};

/* A stored block compiled for one place. */
struct block_body {
	const struct block *block;
	enum place place;
	struct cached *cached;
};

/* An option's `if` in one of the fragments. */
struct option_condition {
	unsigned slot;	 /* of the outline */
	unsigned option; /* of that slot */
	const struct program *program;
	unsigned index; /* of the program's options */
};

/* A stored block's `if:` or `unless:`. */
struct block_condition {
	const struct block *block;
	bool unless; /* it must not be true */
	struct condition *condition;
};

/* A field computed from others. */
struct derivation {
	const struct field *field;
	struct expression *expression;
};

struct template
{
	struct arena *arena;
	struct cache *cache;
	struct work *work; /* only while it is prepared */
	const struct catalog *catalog;
	const struct campaign *campaign;
	struct message *message;
	struct outline *outline;
	struct fragment *fragments;
	size_t fragment_count, fragment_room;
	struct block_body *bodies;
	size_t body_count, body_room;
	struct option_condition *option_conditions;
	size_t option_condition_count, option_condition_room;
	struct block_condition *block_conditions;
	size_t block_condition_count, block_condition_room;
	struct condition **segments; /* as campaign->segments */
	size_t segment_count;
	struct derivation *derivations;
	size_t derivation_count, derivation_room;
	bool harden;		     /* what is 8-bit leaves encoded */
	struct span campaign_header; /* leaves no copy; "" for none */
	const char *undecodable; /* a part left alone, or NULL: to be logged */
};

/* Prepares the message for the campaign; all must outlive the template, which
 * lives in the arena but holds programs of the cache: template_release, also
 * after a failure. work pays for the compiling; NULL: nobody counts. 0, or -1:
 * ERR_AMBIGUOUS, ERR_DECODE, ERR_TEMPLATE, ERR_LIMIT, ERR_DEADLINE,
 * ERR_MEMORY. */
int template_prepare(struct template *template, struct message *message,
    const struct campaign *campaign, const struct catalog *catalog,
    struct cache *cache, struct work *work, struct arena *arena,
    struct err *err);

/* Prepares for a condition over people, which has no message: the outline is
 * what the condition asks for. As template_prepare. */
int template_prepare_condition(struct template *template,
    const struct condition *condition, const struct campaign *campaign,
    const struct catalog *catalog, struct arena *arena, struct err *err);

/* Lets go of the programs. A zeroed template is fine. */
void template_release(struct template *template);

/* The compiled body of a stored block for a place, or NULL. */
const struct program *template_block(const struct template *template,
    const struct block *block, enum place place);

/* After a failure in that header: where the mail server rewrote a tag for an
 * address without domain, err says so, too. Returns -1. */
int template_blame_rewriting(const struct header *header, struct err *err);

/* Whether the field of a message's header would be rendered: it holds a tag,
 * as it stands or encoded. 1, 0, or -1 with ERR_MEMORY. */
int template_renders_field(
    const struct header_field *field, struct arena *arena, struct err *err);

/* Whether the text may hold a tag: it is worth compiling. */
bool template_sniff(struct span text);

#endif
