/*
 * The schema says which profile fields exist, how personal each is, what a
 * valid value looks like, and how far each source may be believed. Parsed
 * once from a YAML document into an arena, immutable after that.
 */
#ifndef INLAY_STORE_SCHEMA_H
#define INLAY_STORE_SCHEMA_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"
#include "store/catalog/label.h"
#include "store/catalog/yaml.h"

struct regex;

enum field_type {
	FIELD_STRING,
	FIELD_NUMBER,
	FIELD_DATE,
	FIELD_BOOLEAN,
	FIELD_LIST,
	FIELD_JSON
};

/* From harmless to forbidden; the order is the order of intrusion. */
enum field_class {
	CLASS_PUBLIC,
	CLASS_CONTEXTUAL,
	CLASS_IDENTIFYING,
	CLASS_BEHAVIOURAL,
	CLASS_SPECIAL
};

/* How files write a value, and the value. */
struct spelling {
	struct span from, to;
};

struct field {
	struct span name;
	enum field_type type;
	enum field_class class;
	struct labels labels;	/* what people are told it is; may be none */
	struct span pattern;	/* regular expression of a whole value, or "" */
	struct regex *compiled; /* the pattern, or NULL */
	bool has_min, has_max;
	double min, max;      /* numbers; dates as Unix seconds */
	struct span *choices; /* the only valid values; none: any */
	size_t choice_count;
	struct span *placeholders; /* filled in, but worth nothing */
	size_t placeholder_count;
	struct spelling *spellings; /* of values in files */
	size_t spelling_count;
	struct span *formats; /* of dates in files, see date_format.h */
	size_t format_count;
	char decimal; /* sign of numbers in files: '.', ',' or NUL, unsaid */
	bool has_preset;
	struct span preset;  /* `default:`, for where the field is absent */
	struct span derived; /* Liquid expression, or "" for a stored field */
	double min_trust;    /* this field's own threshold; < 0: none */
	int64_t max_age;     /* seconds a value stays fresh; 0: for ever */
};

enum decay { DECAY_NONE, DECAY_LINEAR, DECAY_HALF_LIFE };

/* How far a source may be believed, and how that fades. */
struct quality {
	double weight; /* 0..100 */
	enum decay decay;
	double period_days; /* > 0 */
};

/* A source knows some fields better than others. */
struct source_field {
	struct span field;
	struct quality quality;
};

struct source {
	struct span name;
	struct labels labels;
	struct quality quality;
	unsigned rank; /* 1 wins ties */
	struct source_field *fields;
	size_t field_count;
};

/* So many bounces suppress a person. */
struct bounce_limit {
	uint32_t count;	 /* 0: none do */
	uint32_t within; /* days from the first to the last; 0: ever */
};

struct bounce_rules {
	struct bounce_limit hard; /* of hard ones */
	struct bounce_limit soft; /* of all */
};

struct schema {
	struct field *fields; /* by name */
	size_t field_count;
	struct source *sources; /* by name */
	size_t source_count;
	struct quality unknown; /* of a source that is not listed */
	double min_trust;	/* where neither field nor campaign says one */
	struct bounce_rules bounces;
	struct span cluster; /* field that names a person's cluster, or "" */
};

/* The schema without fields: what holds before the first `schema load`. */
extern const struct schema schema_empty;

/* file names the document in errors. 0, or -1: not a schema, with line and
 * column. */
int schema_parse(struct span text, const char *file, struct arena *arena,
    struct schema **schema, struct err *err);

/* NULL where the schema has no such field or source. */
const struct field *schema_field(const struct schema *schema, struct span name);
const struct source *schema_source(
    const struct schema *schema, struct span name);

/* The names of sources, for suggest_nearest. */
bool schema_next_source(const void *schema, size_t index, struct span *name);

/* What a source's word on a field is worth; never NULL. */
const struct quality *schema_quality(
    const struct schema *schema, struct span source, struct span field);

/* Why a value as text is not valid for the field, as a stable word for
 * reasons ("placeholder", "pattern", "type", "range", "choice", "empty"),
 * or NULL where it is valid. */
const char *field_fault(const struct field *field, struct span value);

/* A valid value as the field's `values:` spell it, the items of a list each by
 * itself; any other as it is. In the arena where it changes. 0, or -1
 * memory. */
int field_spelling(const struct field *field, struct arena *arena,
    struct span *value, struct err *err);

/* The words of the enums above as the document spells them. */
const char *field_type_word(enum field_type type);
const char *field_class_word(enum field_class class);
const char *decay_word(enum decay decay);

/* The keys of a schema, for the manual. */
extern const struct yaml_manual schema_keys[];

#endif
