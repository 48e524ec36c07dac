/*
 * Coverage is what the proof of a template, a seal or a DKIM signature, must
 * cover beyond what it was made for. Whoever replays a proven message may add
 * header fields to it: they may neither be rendered, nor steer replies, lists
 * or programs, nor be vouched for by our own signature.
 */
#ifndef INLAY_MILTER_COVERAGE_H
#define INLAY_MILTER_COVERAGE_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

/* Whether each of these fields of the message is covered (covered: a list as
 * of milter/sign/covered.h), all fields of its name together: the campaign
 * header; the signed ones (NULL-terminated) but for Date, which mail servers
 * add; Content-*, List-*, Resent-* and whatever else says where answers go;
 * and every field that holds a tag. 1; 0 with ERR_AUTH; -1 with ERR_MEMORY. */
int coverage_check(struct span message, struct span covered,
    struct span campaign_header, const char *const *signed_names,
    struct arena *arena, struct err *err);

#endif
