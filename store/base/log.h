/*
 * A log writes whole lines, each with one system call, to standard error,
 * syslog, systemd's journal or a file. A log_line gathers key=value pairs in
 * the order given; values that would be misread are quoted and escaped, so one
 * message is one line whatever it held. The journal has each pair as a field,
 * too.
 */
#ifndef INLAY_BASE_LOG_H
#define INLAY_BASE_LOG_H

#include "store/base/buf.h"
#include "store/base/err.h"
#include "store/base/journal.h"
#include "store/base/span.h"

/* In the order of syslog(3): the smaller, the more urgent. */
enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

struct log;

/* The line under construction; lives on the stack. Pairs that no longer fit
 * are left out and the line ends in " truncated=1". */
struct log_line {
	size_t len;
	bool full;
	char text[1800];
	struct journal_entry entry;
};

/* target: a word of log_targets, or the path of a file that is appended to.
 * Lines above the level are dropped. 0, or -1 and err says why. */
int log_open(const char *target, enum log_level level, const char *ident,
    struct log **log, struct err *err);
void log_close(struct log **log);

/* Opens the file again under its name, for logrotate; the old one stays in
 * use when that fails. 0 or -1. */
int log_reopen(struct log *log, struct err *err);

extern const char *const log_targets[]; /* ends with NULL */

void log_begin(struct log_line *line);

/* What kind of line it is, for the journal: a MESSAGE_ID, 32 hex digits. */
void log_kind(struct log_line *line, const char *kind);
void log_text(struct log_line *line, const char *key, struct span value);
void log_number(struct log_line *line, const char *key, long long value);
void log_end(struct log *log, enum log_level level, struct log_line *line);

/* Takes the next pair off a line's text, its value unescaped into the buf,
 * which is cleared first. Text that is no pair is passed over. False: no more.
 */
bool log_next(struct span *text, struct span *key, struct buf *value);

/* One sentence: msg="...". log may be NULL: nothing happens. */
void log_say(struct log *log, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
