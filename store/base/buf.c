#include "store/base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/base/ascii.h"

#define READ 4096 /* bytes asked for at once */

void
buf_init(struct buf *buf, struct arena *arena, size_t max)
{
	*buf = (struct buf){ .max = max, .arena = arena };
}

void
buf_init_heap(struct buf *buf, size_t max)
{
	*buf = (struct buf){ .max = max };
}

void
buf_deinit(struct buf *buf)
{
	if (buf->arena == NULL)
		free(buf->at);
	*buf = (struct buf){ .failed = true };
}

void
buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
}

static int
fail(struct buf *buf)
{
	buf->failed = true;
	return -1;
}

/* One byte more than asked for, so that buf_cstr always has room. */
int
buf_reserve(struct buf *buf, size_t more)
{
	size_t need, size;
	char *at;

	if (buf->failed)
		return -1;
	if (more > buf->max - buf->len || buf->max == SIZE_MAX)
		return fail(buf);
	need = buf->len + more + 1;
	if (need <= buf->size)
		return 0;
	size = buf->size < 64 ? 64 : buf->size;
	while (size < need)
		size = size > SIZE_MAX / 2 ? need : size + size / 2;
	if (size > buf->max + 1)
		size = buf->max + 1;
	if (buf->arena != NULL)
		at = arena_grow(buf->arena, buf->at, buf->size, size);
	else
		at = realloc(buf->at, size);
	if (at == NULL)
		return fail(buf);
	buf->at = at;
	buf->size = size;
	return 0;
}

void
buf_add_slow(struct buf *buf, const char *at, size_t len)
{
	if (buf_reserve(buf, len) < 0)
		return;
	if (len != 0)
		memcpy(buf->at + buf->len, at, len);
	buf->len += len;
}

void
buf_str(struct buf *buf, const char *text)
{
	buf_add(buf, span_str(text));
}

void
buf_coded(struct buf *buf, char mark, char byte)
{
	unsigned value = (unsigned char)byte;
	const char text[3] = { mark, hex_capital(value >> 4),
		hex_capital(value) };

	buf_add(buf, span_of(text, 3));
}

void
buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0 || buf_reserve(buf, (size_t)len) < 0) {
		buf->failed = true;
		return;
	}
	va_start(args, format);
	vsnprintf(buf->at + buf->len, (size_t)len + 1, format, args);
	va_end(args);
	buf->len += (size_t)len;
}

int
buf_read(struct buf *buf, int fd)
{
	for (;;) {
		size_t room = buf->max - buf->len;
		ssize_t got;

		if (room > READ)
			room = READ;
		if (buf_reserve(buf, room) < 0 || room == 0)
			return fail(buf);
		got = read(fd, buf->at + buf->len, room);
		if (got == 0)
			return 0;
		if (got > 0)
			buf->len += (size_t)got;
		else if (errno != EINTR)
			return -1;
	}
}

const char *
buf_cstr(struct buf *buf)
{
	if (buf_reserve(buf, 0) < 0)
		return "";
	buf->at[buf->len] = '\0';
	return buf->at;
}
