/* libopendkim's header uses u_char and its like without asking for them. */
#define _DEFAULT_SOURCE

#include "milter/sign/opendkim.h"

#include "milter/sign/raw_message.h"

int
opendkim_option(DKIM_LIB *lib, int option, const void *value, size_t size)
{
	/* The library copies what it is given; its prototype has no const. */
	void *unconst = (void *)(uintptr_t)value;

	return dkim_options(lib, DKIM_OP_SETOPT, option, unconst, size) ==
		       DKIM_STAT_OK
		   ? 0
		   : -1;
}

unsigned char *
opendkim_bytes(struct span bytes)
{
	return (unsigned char *)(uintptr_t)bytes.at;
}

DKIM_STAT
opendkim_headers(DKIM *dkim, struct span *rest)
{
	struct span field;
	DKIM_STAT status = DKIM_STAT_OK;

	while (status == DKIM_STAT_OK && raw_message_field(rest, &field))
		if (span_find(field, ':') < field.len)
			status =
			    dkim_header(dkim, opendkim_bytes(field), field.len);
	return status == DKIM_STAT_OK ? dkim_eoh(dkim) : status;
}

DKIM_STAT
opendkim_body(DKIM *dkim, struct span body)
{
	DKIM_STAT status;

	if (body.len == 0)
		return DKIM_STAT_OK;
	status = dkim_body(dkim, opendkim_bytes(body), body.len);
	/* The mail server ends the last line that nobody ended. */
	if (status == DKIM_STAT_OK && !span_ends(body, SPAN("\r\n")))
		status = dkim_body(dkim, opendkim_bytes(SPAN("\r\n")), 2);
	return status;
}
