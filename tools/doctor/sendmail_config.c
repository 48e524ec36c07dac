#include "tools/doctor/sendmail_config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "store/base/buf.h"

#define FILE_MAX ((size_t)4 << 20)

int
sendmail_read(
    const char *path, struct arena *arena, struct span *text, struct err *err)
{
	struct buf all;
	int fd = open(path, O_RDONLY | O_CLOEXEC), failed;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	buf_init(&all, arena, FILE_MAX);
	failed = fd < 0 || buf_read(&all, fd) < 0;
	if (failed)
		err_set(err, ERR_SYSTEM, "%s: %s", path,
		    all.failed ? "too large" : strerror(errno));
	if (fd >= 0)
		close(fd);
	*text = buf_span(&all);
	return failed ? -1 : 1;
}

/* One entry from the text, which moves behind it. */
static struct span
take_entry(struct span *text)
{
	size_t end = 0;
	struct span entry;

	do
		end += span_find(span_from(*text, end), '\n') + 1;
	while (
	    end < text->len && (text->at[end] == ' ' || text->at[end] == '\t'));
	entry = span_first(*text, end);
	*text = span_from(*text, end);
	return entry;
}

bool
sendmail_next(struct span *text, struct span start, struct span *entry)
{
	while (text->len != 0) {
		*entry = take_entry(text);
		if (span_starts(*entry, start)) {
			*entry = span_trim(span_from(*entry, start.len));
			return true;
		}
	}
	*entry = SPAN_NONE;
	return false;
}

struct span
sendmail_equate(struct span entry, char letter)
{
	while (entry.len != 0) {
		size_t end = span_find(entry, ',');
		struct span equate = span_trim(span_first(entry, end));
		size_t equals = span_find(equate, '=');

		if (equate.len != 0 && equate.at[0] == letter &&
		    equals < equate.len)
			return span_trim(span_from(equate, equals + 1));
		entry = span_from(entry, end + 1);
	}
	return SPAN_NONE;
}
