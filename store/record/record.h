/*
 * A record is what is kept of one recipient: a value of each kind under one
 * key. In the file a value is one byte of format, its version, a checksum
 * over key, kind, version and bytes, then the bytes. What does not check is
 * corrupt, also when it is somebody else's sound value in the wrong place.
 */
#ifndef INLAY_STORE_RECORD_H
#define INLAY_STORE_RECORD_H

#include "store/base/span.h"
#include "store/record/key.h"

enum record_kind {
	RECORD_PROFILE,	  /* store/record/profile.h */
	RECORD_HISTORY,	  /* store/record/history.h */
	RECORD_TOMBSTONE, /* this person was erased and stays away */
	RECORD_KINDS	  /* how many there are */
};

struct stored {
	uint64_t version;  /* 0: there is none */
	struct span bytes; /* empty where there is none, or where corrupt */
	bool corrupt;	   /* treat as absent; overwriting needs version */
};

struct record {
	struct record_key key;
	struct stored values[RECORD_KINDS];
};

#define RECORD_HEADER 17

/* Kind for the checksum of catalog entries. */
#define RECORD_CATALOG 0x63u

/* Versions given out are below this; those above name corrupt values. */
#define RECORD_VERSION_END ((uint64_t)1 << 63)

/* Writes header and bytes to at, RECORD_HEADER + bytes.len of them. */
void record_seal(char *at, struct span name, unsigned kind, uint64_t version,
    struct span bytes);

/* Checks a stored value; value->bytes points into it. 1 sound; 0 corrupt,
 * and the version is one that only these very bytes have, so that they can
 * be replaced by compare and set like any other. */
int record_check(
    struct span name, unsigned kind, struct span stored, struct stored *value);

#endif
