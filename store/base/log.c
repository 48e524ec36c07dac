#include "store/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "store/base/ascii.h"
#include "store/base/plain_file.h"

enum { ROOM_AT_END = 16 }; /* for " truncated=1" and the line end */

enum target { TO_STDERR, TO_SYSLOG, TO_JOURNAL, TO_FILE };

struct log {
	enum log_level level;
	enum target target;
	char *path;  /* of a file, else NULL */
	char *ident; /* syslog(3) keeps the pointer */
	int fd;
	pthread_mutex_t lock; /* guards fd while it is replaced */
};

const char *const log_targets[] = { [TO_STDERR] = "stderr",
	[TO_SYSLOG] = "syslog",
	[TO_JOURNAL] = "journal",
	[TO_FILE] = NULL };

static const int priorities[] = {
	[LOG_LEVEL_ERROR] = LOG_ERR,
	[LOG_LEVEL_WARNING] = LOG_WARNING,
	[LOG_LEVEL_INFO] = LOG_INFO,
	[LOG_LEVEL_DEBUG] = LOG_DEBUG,
};

static const char *const level_words[] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

static int
open_file(const char *path)
{
	return plain_file_open(path, O_WRONLY | O_APPEND | O_CREAT, 0640);
}

static int
open_target(struct log *log, const char *target, struct err *err)
{
	while (log_targets[log->target] != NULL &&
	       strcmp(log_targets[log->target], target) != 0)
		log->target++;
	log->fd = STDERR_FILENO;
	if (log->target == TO_SYSLOG)
		openlog(log->ident, LOG_PID | LOG_NDELAY, LOG_MAIL);
	if (log->target == TO_JOURNAL)
		log->fd = journal_open(JOURNAL_SOCKET, err);
	if (log->target != TO_FILE)
		return log->fd < 0 ? -1 : 0;
	log->path = strdup(target);
	if (log->path == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	log->fd = open_file(target);
	if (log->fd < 0)
		return err_set(err, ERR_SYSTEM, "cannot open log %s: %s",
		    target, strerror(errno));
	return 0;
}

int
log_open(const char *target, enum log_level level, const char *ident,
    struct log **log, struct err *err)
{
	*log = calloc(1, sizeof **log);
	if (*log == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	pthread_mutex_init(&(*log)->lock, NULL);
	(*log)->level = level;
	(*log)->ident = strdup(ident);
	if ((*log)->ident == NULL)
		err_set(err, ERR_MEMORY, "out of memory");
	else if (open_target(*log, target, err) == 0)
		return 0;
	log_close(log);
	return -1;
}

void
log_close(struct log **log)
{
	if (*log == NULL)
		return;
	if ((*log)->target == TO_SYSLOG)
		closelog();
	if ((*log)->fd > STDERR_FILENO)
		close((*log)->fd);
	pthread_mutex_destroy(&(*log)->lock);
	free((*log)->path);
	free((*log)->ident);
	free(*log);
	*log = NULL;
}

int
log_reopen(struct log *log, struct err *err)
{
	int fd, old;

	if (log->path == NULL)
		return 0;
	fd = open_file(log->path);
	if (fd < 0)
		return err_set(err, ERR_SYSTEM, "cannot open log %s: %s",
		    log->path, strerror(errno));
	pthread_mutex_lock(&log->lock);
	old = log->fd;
	log->fd = fd;
	pthread_mutex_unlock(&log->lock);
	close(old);
	return 0;
}

static bool
wants(const struct log *log, enum log_level level)
{
	return log != NULL && level <= log->level;
}

void
log_begin(struct log_line *line)
{
	line->len = 0;
	line->full = false;
	journal_begin(&line->entry);
}

void
log_kind(struct log_line *line, const char *kind)
{
	journal_field(&line->entry, "MESSAGE_ID", span_str(kind));
}

static size_t
room(const struct log_line *line)
{
	return sizeof line->text - ROOM_AT_END - line->len;
}

static void
put(struct log_line *line, const char *bytes, size_t len)
{
	if (line->full || len > room(line)) {
		line->full = true;
		return;
	}
	memcpy(line->text + line->len, bytes, len);
	line->len += len;
}

/* A value stands bare when nobody could misread it. */
static bool
is_bare(struct span value)
{
	if (value.len == 0)
		return false;
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.at[i];

		if (c <= ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '=')
			return false;
	}
	return true;
}

static void
put_quoted(struct log_line *line, struct span value)
{
	put(line, "\"", 1);
	for (size_t i = 0; i < value.len && !line->full; i++) {
		unsigned char c = (unsigned char)value.at[i];
		char hex[5];

		if (c == '"' || c == '\\') {
			put(line, (char[]){ '\\', (char)c }, 2);
		} else if (c < ' ' || c == 0x7f) {
			snprintf(hex, sizeof hex, "\\x%02x", c);
			put(line, hex, 4);
		} else {
			put(line, (char *)&c, 1);
		}
	}
	put(line, "\"", 1);
}

void
log_text(struct log_line *line, const char *key, struct span value)
{
	size_t before = line->len;

	if (before != 0)
		put(line, " ", 1);
	put(line, key, strlen(key));
	put(line, "=", 1);
	if (is_bare(value))
		put(line, value.at, value.len);
	else
		put_quoted(line, value);
	if (line->full)
		line->len = before;
	else
		journal_pair(&line->entry, key, value);
}

void
log_number(struct log_line *line, const char *key, long long value)
{
	char digits[24];
	int len = snprintf(digits, sizeof digits, "%lld", value);

	log_text(line, key, span_of(digits, (size_t)len));
}

/* Written by us a line gets the time and the level; syslog and the journal add
 * their own. */
static void
write_line(int fd, enum log_level level, const struct log_line *line)
{
	char out[sizeof line->text + 64];
	struct tm tm;
	time_t now = time(NULL);
	size_t len;

	gmtime_r(&now, &tm);
	len = strftime(out, sizeof out, "%Y-%m-%dT%H:%M:%SZ ", &tm);
	len += (size_t)snprintf(out + len, sizeof out - len, "%s %.*s\n",
	    level_words[level], (int)line->len, line->text);
	while (write(fd, out, len) < 0 && errno == EINTR)
		;
}

/* A journal that is away is no reason to lose a line. */
static void
write_journal(
    struct log *log, enum log_level level, const struct log_line *line)
{
	if (journal_send(log->fd, priorities[level], log->ident,
		span_of(line->text, line->len), &line->entry) < 0)
		write_line(STDERR_FILENO, level, line);
}

void
log_end(struct log *log, enum log_level level, struct log_line *line)
{
	if (!wants(log, level))
		return;
	if (line->full) {
		memcpy(line->text + line->len, " truncated=1", 12);
		line->len += 12;
	}
	switch (log->target) {
	case TO_SYSLOG:
		syslog(priorities[level], "%.*s", (int)line->len, line->text);
		break;
	case TO_JOURNAL:
		write_journal(log, level, line);
		break;
	case TO_STDERR:
	case TO_FILE:
		pthread_mutex_lock(&log->lock);
		write_line(log->fd, level, line);
		pthread_mutex_unlock(&log->lock);
		break;
	}
}

/* Up to the quote that ends it, which is passed. */
static void
unquote(struct span *text, struct buf *value)
{
	while (text->len != 0 && text->at[0] != '"') {
		unsigned taken = 1;
		char c = text->at[0];

		if (c == '\\' && text->len >= 4 && text->at[1] == 'x') {
			c = (char)(hex_value(text->at[2]) << 4 |
				   hex_value(text->at[3]));
			taken = 4;
		} else if (c == '\\' && text->len >= 2) {
			c = text->at[1];
			taken = 2;
		}
		buf_byte(value, c);
		*text = span_from(*text, taken);
	}
	*text = span_from(*text, 1);
}

bool
log_next(struct span *text, struct span *key, struct buf *value)
{
	while (text->len != 0) {
		size_t word = span_find(*text, ' ');
		size_t equals = span_find(*text, '=');

		buf_clear(value);
		*key = span_first(*text, equals);
		if (equals >= word) {
			*text = span_from(*text, word + 1);
			continue;
		}
		*text = span_from(*text, equals + 1);
		if (span_starts(*text, SPAN("\""))) {
			*text = span_from(*text, 1);
			unquote(text, value);
		} else {
			buf_add(value, span_first(*text, word - equals - 1));
			*text = span_from(*text, word - equals - 1);
		}
		*text = span_from(*text, 1);
		return true;
	}
	return false;
}

void
log_say(struct log *log, enum log_level level, const char *format, ...)
{
	char text[1024];
	struct log_line line;
	va_list args;

	if (!wants(log, level))
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	log_begin(&line);
	log_text(&line, "msg", span_str(text));
	log_end(log, level, &line);
}
