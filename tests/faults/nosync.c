/*
 * A daemon that is wrong on purpose: its store never waits for the disk.
 * Linked with --wrap=mdb_env_open; a power loss must show in check-faults.
 */
#include <sys/types.h>

#define NOSYNC 0x10000 /* MDB_NOSYNC */

struct MDB_env;

int __real_mdb_env_open(
    struct MDB_env *env, const char *path, unsigned flags, mode_t mode);
int __wrap_mdb_env_open(
    struct MDB_env *env, const char *path, unsigned flags, mode_t mode);

int
__wrap_mdb_env_open(
    struct MDB_env *env, const char *path, unsigned flags, mode_t mode)
{
	return __real_mdb_env_open(env, path, flags | NOSYNC, mode);
}
