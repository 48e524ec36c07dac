#include "tools/people/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "milter/settings.h"
#include "store/engine/engine.h"
#include "store/base/buf.h"
#include "store/base/timestamp.h"

/* 32 bits: some of the people in a large store share them. They are of a key
 * that needs the store's secret: of an erased person nothing else is left, and
 * a guessed address must not be found here either. */
#define SUBJECT_DIGITS 8

static int
append(const char *path, struct span line, struct err *err)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	bool written;

	if (fd < 0)
		return err_set(err, ERR_SYSTEM, "cannot open %s: %s", path,
		    strerror(errno));
	written =
	    write(fd, line.at, line.len) == (ssize_t)line.len && fsync(fd) == 0;
	if (!written)
		err_set(err, ERR_SYSTEM, "cannot write %s: %s", path,
		    strerror(errno));
	close(fd);
	return written ? 0 : -1;
}

int
audit(struct cli *cli, const char *action, const struct record_key *key,
    struct err *err)
{
	struct buf path, line;
	char now[TIMESTAMP_SIZE], hex[33] = "-";
	struct record_key veiled;
	int known = key ? engine_veil(cli->engine, key, &veiled, err) : 0;

	if (known < 0)
		return -1;
	if (known)
		record_key_hex(&veiled, hex);
	hex[SUBJECT_DIGITS] = '\0';
	buf_init(&path, cli->arena, 4096);
	buf_printf(&path, "%s/%s", cli->settings->store, AUDIT_FILE);
	(void)buf_cstr(&path);
	buf_init(&line, cli->arena, 256);
	buf_printf(&line, "time=%s action=%s subject=%s uid=%ld\n",
	    timestamp_print(cli_now(), now), action, hex, (long)getuid());
	if (path.failed || line.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	return append(path.at, buf_span(&line), err);
}
