/*
 * A token stands for one recipient of one campaign in an unsubscribe link
 * (`recipient.token`): address, campaign and last day of validity, authentic
 * by HMAC-SHA-256. It has only letters, digits, '-', '_' and '.', and is the
 * same whenever it is made from the same claim.
 */
#ifndef INLAY_MILTER_TOKEN_H
#define INLAY_MILTER_TOKEN_H

#include "milter/sign/secret.h"

/* The keys tokens are made with, and for how long: 0 ms is for ever. */
struct token_keys {
	struct secrets secrets;
	uint64_t ttl_ms;
};

struct token_claim {
	struct span tenant;
	struct span campaign;
	struct span address;
	int64_t expires; /* Unix time; only the day counts; 0: never */
};

/* When a token made now runs out: the end of a day, so that every attempt of
 * one day makes the same token. 0: never. */
int64_t token_expires(const struct token_keys *keys, int64_t now);

/* Makes the token with the first secret. 0, or -1: ERR_KEY when there is no
 * secret, ERR_MEMORY. */
int token_make(const struct token_keys *keys, const struct token_claim *claim,
    struct arena *arena, struct span *token, struct err *err);

/* Takes the token apart; any of the secrets will do. 1 valid; 0 with
 * ERR_AUTH and the reason: malformed, unknown key, forged, expired; -1. The
 * claim is filled when the token is authentic, be it expired. */
int token_check(const struct token_keys *keys, struct span token, int64_t now,
    struct arena *arena, struct token_claim *claim, struct err *err);

#endif
