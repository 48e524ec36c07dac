#include "tools/message/slot_message.h"

#include "store/base/buf.h"

#define MESSAGE_MAX ((size_t)4 << 20)

int
slot_message(struct span text, struct span html, struct arena *arena,
    struct span *message, struct err *err)
{
	struct buf buf;

	buf_init(&buf, arena, MESSAGE_MAX);
	buf_str(&buf,
	    "From: <slot@localhost>\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/alternative; boundary=\"=_slot\"\r\n\r\n"
	    "--=_slot\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
	buf_add(&buf, text);
	buf_str(&buf, "\r\n--=_slot\r\n"
		      "Content-Type: text/html; charset=utf-8\r\n\r\n");
	buf_add(&buf, html);
	buf_str(&buf, "\r\n--=_slot--\r\n");
	*message = buf_span(&buf);
	return buf.failed ? err_set(err, ERR_INPUT, "the slot is too long") : 0;
}
