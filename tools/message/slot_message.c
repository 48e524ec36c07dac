#include "tools/message/slot_message.h"

#include "store/base/buf.h"

#define MESSAGE_MAX ((size_t)4 << 20)

int
slot_message(const struct slot_part *parts, size_t count, struct arena *arena,
    struct span *message, struct err *err)
{
	struct buf buf;

	buf_init(&buf, arena, MESSAGE_MAX);
	buf_str(&buf,
	    "From: <slot@localhost>\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/alternative; boundary=\"=_slot\"\r\n");
	for (size_t i = 0; i < count; i++) {
		buf_printf(&buf,
		    "\r\n--=_slot\r\nContent-Type: text/%s; charset=utf-8"
		    "\r\n\r\n",
		    parts[i].html ? "html" : "plain");
		buf_add(&buf, parts[i].text);
	}
	buf_str(&buf, "\r\n--=_slot--\r\n");
	*message = buf_span(&buf);
	return buf.failed ? err_set(err, ERR_INPUT, "the slot is too long") : 0;
}

int
slot_message_part(const struct message *message, size_t at, struct arena *arena,
    struct span *text, struct err *err)
{
	*text = SPAN("");
	if (at + 1 >= message->part_count)
		return 0;
	if (part_text(message->parts[at + 1], arena, text, err) < 0)
		return -1;
	*text = span_trim(*text);
	return 0;
}
