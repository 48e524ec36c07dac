#include "tools/doctor/examine.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include "milter/settings.h"
#include "store/engine/lmdb.h"

#define ROOM_LEAST ((uint64_t)1 << 30) /* bytes of the disk */

static double
gigabytes(uint64_t bytes)
{
	return (double)bytes / (1 << 30);
}

static void
look_at_space(struct diagnosis *diagnosis, const struct cli *cli,
    const struct engine_stat *stat)
{
	struct statvfs disk;
	uint64_t room;

	if (stat->alarm)
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "space", HEALTH_WARN,
			"the store uses %.1f of the %.1f GB that it may",
			gigabytes(stat->used_bytes),
			gigabytes(stat->limit_bytes)),
		    "inlay db compact, or a larger map-limit in %s",
		    cli->settings->file);
	if (statvfs(cli->settings->store, &disk) < 0)
		return;
	room = (uint64_t)disk.f_bavail * disk.f_frsize;
	if (room < ROOM_LEAST)
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "space", HEALTH_FAIL,
			"%.2f GB are left on the disk of %s: mail is deferred "
			"when they are used up",
			gigabytes(room), cli->settings->store),
		    "room on that disk");
	else
		diagnose(diagnosis, "space", HEALTH_OK, "%.1f GB are left",
		    gigabytes(room));
}

static void
look_at_rights(struct diagnosis *diagnosis, const struct cli *cli)
{
	struct stat directory;
	const char *path = cli->settings->store;

	if (stat(path, &directory) == 0 && (directory.st_mode & 07) != 0)
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "store", HEALTH_FAIL,
			"everybody on this machine can read %s", path),
		    "chmod o-rwx %s", path);
}

int
examine_store(struct diagnosis *diagnosis, struct cli *cli)
{
	struct engine_options options = cli_store(cli);
	struct engine_stat stat;
	struct err err = ERR_INIT;
	char line[512];

	look_at_rights(diagnosis, cli);
	if (lmdb_open_readonly(&options, &cli->engine, &err) < 0 ||
	    engine_stat_quick(cli->engine, &stat, &err) < 0) {
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "store", HEALTH_DOWN, "%s",
			err_line(&err, line, sizeof(line))),
		    "inlay schema load where it is new; inlay db restore where "
		    "it is damaged");
		return 0;
	}
	if (stat.failing)
		diagnose(diagnosis, "store", HEALTH_DOWN,
		    "the last commit failed: mail is deferred");
	diagnose(diagnosis, "store", HEALTH_OK, "%s, layout %u", stat.name,
	    stat.schema);
	look_at_space(diagnosis, cli, &stat);
	return 1;
}
