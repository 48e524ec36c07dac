/*
 * The template language as a library: source text becomes an immutable
 * program once, and the program renders any number of times, in any number
 * of threads, into a buf. It knows neither mail nor the store: data comes as
 * values and lazily asked objects, decisions come through the host's
 * callbacks. This header is its one door: with it come values (value.h), the
 * work they take (steps.h), time zones (zone.h), locales (locale.h) and their
 * words (wording.h), and nobody outside includes what lies behind.
 */
#ifndef INLAY_LIQUID_LIQUID_H
#define INLAY_LIQUID_LIQUID_H

#include "store/base/zone.h"
#include "milter/liquid/value/value.h"
#include "milter/liquid/value/steps.h"
#include "milter/liquid/value/wording.h"

struct program;
struct condition;
struct expression;

/* ---- compiling ---- */

/* What kind of text the template makes; decides how values are escaped. */
enum place {
	PLACE_NONE,   /* nothing is escaped: the suites */
	PLACE_TEXT,   /* text/plain: control bytes other than blanks removed */
	PLACE_HTML,   /* by context, fixed at compile time */
	PLACE_CARD,   /* text/calendar, text/vcard: a value stays in its line */
	PLACE_HEADER, /* CR, LF and NUL never pass */
};

enum syntax {
	SYNTAX_STRICT, /* everything must parse as today's Liquid demands */
	SYNTAX_FORMER, /* the same, but a bracket may begin an expression */
	SYNTAX_LAX,    /* what Shopify's lax parser forgives is forgiven */
};

struct program_options {
	const char *name; /* of the part, for errors; may be NULL */
	enum place place;
	enum syntax syntax;
	bool braze;	    /* also read {{${first_name}}} and friends */
	bool mend;	    /* repair what editors do to tags */
	bool plain;	    /* only Shopify's tags: no slot, variant, ... */
	bool errors_inline; /* tests: a bad filter name waits for rendering */
	unsigned nesting;   /* blocks within blocks; 0 means 100 */
	size_t source_max;  /* bytes of source; 0 means 8 MB */
	size_t memory_max;  /* bytes the program may hold; 0 means
			       8 MB and twice the source */
	struct work *work;  /* charged with the compiling; NULL: unlimited */
};

/* Compiles the source; the program keeps its own copy of all it needs. 0, or
 * -1 and err is ERR_TEMPLATE, ERR_LIMIT or, with a work that has a deadline,
 * ERR_DEADLINE, with line and column. */
int program_compile(struct span source, const struct program_options *options,
    struct program **program, struct err *err);

/* Frees the program and clears the caller's pointer. */
void program_free(struct program **program);

/* Bytes the program holds, for a cache's accounts. */
size_t program_size(const struct program *program);

/* Steps that compiling it took, to charge whoever gets it from a cache. */
uint64_t program_work(const struct program *program);

/* ---- what a program uses, known without data ---- */

enum { MANIFEST_NONE = -1 };

struct manifest_place {
	unsigned line;
	unsigned column;
	int slot;   /* index of the slot it stands in, or MANIFEST_NONE */
	int option; /* index of the option (of all options), or MANIFEST_NONE
		       where outside or in the slot's else */
};

/* A path whose root the template does not bind itself: "profile.first_name".
 * A step only known while rendering is written "[]". One entry per use. */
struct manifest_field {
	struct span path;
	struct manifest_place at;
	bool has_default; /* a `default` filter follows */
	bool tested;	  /* only asked in a condition, never printed */
	bool guarded;	  /* within an `if` that tests the same path */
};

/* A field is compared with a text, by == or by case and when. */
struct manifest_comparison {
	size_t field; /* index of fields */
	struct span text;
};

/* A case, or the clauses of an if, that ask one field for texts. */
struct manifest_chain {
	size_t field;		  /* index of fields: the first use */
	const struct span *texts; /* in source order */
	unsigned text_count;
	bool has_else;
	bool asks_more; /* a clause asks something else, too */
};

struct manifest_option {
	struct span name;
	struct span block; /* stored block's name; empty: written inline */
	bool has_condition;
	struct manifest_place at; /* .slot is its slot, .option itself */
};

struct manifest_slot {
	struct span name;
	struct span pool; /* empty: none */
	unsigned first_option;
	unsigned option_count;
	bool has_else;
	struct manifest_place at; /* .slot is the slot itself */
};

struct manifest_variant {
	struct span name;
	const struct span *whens; /* in source order */
	unsigned when_count;
	struct manifest_place at;
};

/* A literal name: of a stored block, a table, a partial, a raw use. */
struct manifest_name {
	struct span name;
	struct manifest_place at;
};

struct manifest {
	const struct manifest_field *fields;
	size_t field_count;
	const struct manifest_slot *slots;
	size_t slot_count;
	const struct manifest_option *options;
	size_t option_count;
	const struct manifest_variant *variants;
	size_t variant_count;
	const struct manifest_comparison *comparisons;
	size_t comparison_count;
	const struct manifest_chain *chains;
	size_t chain_count;
	const struct manifest_name *tables; /* ref.NAME */
	size_t table_count;
	const struct manifest_name *partials; /* render, include literals */
	size_t partial_count;
	const struct manifest_name *blocks; /* content_blocks.NAME */
	size_t block_count;
	const struct manifest_name *raws; /* `| raw` opt-outs */
	size_t raw_count;
	bool uses_now; /* asks the clock */
	bool has_abort;
	bool has_why;
};

/* Lives as long as the program. */
const struct manifest *program_manifest(const struct program *program);

/* ---- rendering ---- */

/* What to show in a slot. */
struct slot_choice {
	int option;		     /* index of all options: show its inline
					body; or MANIFEST_NONE */
	const struct program *block; /* or a stored block, compiled with the
					same place; NULL for none */
};

enum partial_kind { PARTIAL_RENDER, PARTIAL_INCLUDE, PARTIAL_BLOCK };

enum missing { MISSING_EMPTY, MISSING_WARN, MISSING_FAIL };

struct liquid_limits {
	uint64_t steps; /* of steps.h; where env->work is NULL */
	size_t output;	/* bytes of one rendering, captures included */
	unsigned depth; /* partials within partials */
};

/* 2,000,000 steps, 8 MB, depth 100. */
extern const struct liquid_limits liquid_limits_default;

/*
 * What one rendering sees. The renderer keeps no pointer to it and no state
 * between renderings. Every callback may be NULL: then a slot and a variant
 * show their else and a partial does not exist.
 */
struct liquid_env {
	struct value root; /* a map or an object: names -> values */
	int64_t now;	   /* seconds since the epoch: the one clock */
	int32_t now_nsec;
	struct span zone;    /* IANA name; empty is UTC */
	struct zones *zones; /* of zone.h, shared; NULL: read each anew */
	struct span locale;  /* empty is "en" */
	enum missing missing;
	bool errors_inline; /* tests: print errors and go on, as Ruby does */
	const struct liquid_limits *limits; /* NULL: the default */
	struct work *work; /* shared by all renderings of one message; NULL:
			      limits->steps for this one */

	void *host; /* passed to every callback */
	/* 1 and *choice, 0 for the else, -1 failed. slot is an index into the
	 * program's manifest. */
	int (*slot)(void *host, const struct program *program, unsigned slot,
	    struct slot_choice *choice, struct err *err);
	/* 1 and *when (index into its whens), 0 for the else, -1 failed. */
	int (*variant)(void *host, const struct program *program,
	    unsigned variant, unsigned *when, struct err *err);
	/* 1 and *program, which must outlive the rendering, 0 unknown, -1. */
	int (*partial)(void *host, enum partial_kind kind, struct span name,
	    const struct program **program, struct err *err);
	/* Told of each missing name printed, under warn and fail. */
	void (*undefined)(void *host, const struct program *program,
	    struct span path, unsigned line, unsigned column);
	/* The text of {% why %}, plain; the renderer escapes it. 1, 0, -1. */
	int (*why)(void *host, struct arena *arena, struct span *text,
	    struct err *err);
};

/* Adds the rendering to out; all else lives in the arena. 0, or -1 and err is
 * ERR_TEMPLATE, ERR_MISSING, ERR_LIMIT, ERR_ABORT or what a callback said,
 * with line and column; out then holds rubbish to be thrown away. */
int program_render(const struct program *program, const struct liquid_env *env,
    struct arena *arena, struct buf *out, struct err *err);

/* Evaluates the condition of an option (index of all options) before any
 * rendering. 1 true or without condition, 0 false, -1 failed. */
int program_option_test(const struct program *program, unsigned option,
    const struct liquid_env *env, struct arena *arena, struct err *err);

/* ---- conditions and expressions by themselves ---- */

/* "profile.tier == 'gold' and profile.points > 100". 0 or -1. */
int condition_compile(struct span text, const char *name,
    struct condition **condition, struct err *err);
void condition_free(struct condition **condition);
/* 1 true, 0 false, -1 failed. */
int condition_test(const struct condition *condition,
    const struct liquid_env *env, struct arena *arena, struct err *err);
/* Only its fields, tables and uses_now are filled. */
const struct manifest *condition_manifest(const struct condition *condition);

/* "profile.birth_date | date: '%Y' | times: 1", as between {{ and }}. */
int expression_compile(struct span text, const char *name,
    struct expression **expression, struct err *err);
void expression_free(struct expression **expression);
/* As condition_manifest(). */
const struct manifest *expression_manifest(const struct expression *expression);
/* *value lives as long as the arena and the host's data. 0 or -1. */
int expression_eval(const struct expression *expression,
    const struct liquid_env *env, struct arena *arena, struct value *value,
    struct err *err);

#endif
