/*
 * Address lists (RFC 5322 section 3.4, RFC 6532): names decoded and
 * unquoted, addresses apart. Writing one quotes or encodes each name and
 * validates each address, so that nothing in a name adds an address.
 */
#ifndef INLAY_MAIL_ADDRESS_H
#define INLAY_MAIL_ADDRESS_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

enum mailbox_kind {
	MAILBOX,
	MAILBOX_GROUP,	  /* name only: the mailboxes that follow are in it */
	MAILBOX_GROUP_END /* nothing */
};

struct mailbox {
	enum mailbox_kind kind;
	struct span name;    /* decoded UTF-8, or empty */
	struct span address; /* local@domain as written */
	bool angle;	     /* <address> */
};

struct address_list {
	struct mailbox *at;
	size_t count;
};

/* Reads an unfolded value. "{{ }}" and "{% %}" are taken as words, whatever
 * is in them. 1, 0 when it is no address list, -1: ERR_MEMORY, ERR_DECODE. */
int address_list_read(struct span line, struct arena *arena,
    struct address_list *list, struct err *err);

/* local@domain with a host name or address literal, in ASCII or UTF-8; the
 * domain comes out in ASCII (IDNA) unless the local part is not ASCII.
 * 0, or -1: ERR_INPUT, ERR_MEMORY. */
int address_check(struct span address, struct arena *arena,
    struct span *checked, struct err *err);

/* The value of a header whose name and colon take column characters: leading
 * blank, folded with LF and blank. 0, or -1: ERR_INPUT, ERR_MEMORY. */
int address_list_write(const struct address_list *list, size_t column,
    struct arena *arena, struct span *value, struct err *err);

#endif
