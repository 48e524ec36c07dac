/*
 * A content block is a stored piece of a mail, in HTML and in text, with the
 * rules about who may see it and how often. Its document is YAML front matter
 * between two `---` lines, the HTML after it, and the text after a line
 * `--- text`.
 */
#ifndef INLAY_STORE_BLOCK_H
#define INLAY_STORE_BLOCK_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"
#include "store/base/zone.h"
#include "store/catalog/yaml.h"

struct block {
	struct span id;
	struct span tenant; /* whose campaigns may show it; "" for all */
	struct span pool;   /* "" for none */
	double priority;    /* higher first; 0 if unsaid */
	uint32_t cap;	    /* exposures in the window; 1 if unsaid, or
			       CAP_NONE of store/catalog/campaign.h */
	int64_t window;	    /* seconds; 0 for ever */
	int64_t cooldown;   /* seconds between two exposures; 0 for none */
	int64_t valid_from; /* valid_from <= now < valid_until */
	int64_t valid_until;
	bool local_from, local_until; /* as clocks show it: ask block_from,
					 block_until */
	struct span condition;	      /* Liquid, `if:`; "" for everybody */
	struct span exception;	      /* Liquid, `unless:`; "" for nobody */
	struct span topic;	      /* "" for any */
	double utility;	    /* for the intrusion budget; 1 if unsaid */
	struct span html;   /* Liquid, or "" */
	struct span text;   /* Liquid; "" where the block has none */
	unsigned html_line; /* where the bodies begin in the document */
	unsigned text_line;
	struct span *fields; /* used beyond those its templates name */
	size_t field_count;
};

/* The id is the document's `id:` or else the fallback. file names the
 * document in errors. 0, or -1: not a block, with line and column. */
int block_parse(struct span text, struct span fallback_id, const char *file,
    struct arena *arena, struct block **block, struct err *err);

/* The first moment it may be shown and the first it may not, by the clocks of
 * the campaign that shows it. */
int64_t block_from(const struct block *block, const struct zone *clocks);
int64_t block_until(const struct block *block, const struct zone *clocks);

/* The keys of a block's front matter, for the manual. */
extern const struct yaml_manual block_keys[];

#endif
