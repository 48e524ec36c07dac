#include "tools/input/log_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/base/hash.h"
#include "tools/input/input_stream.h"

#define HEAD_MAX 4096  /* bytes of a first line that tell it from others */
#define FILES_MAX 1000 /* beside a log */

uint64_t
log_head(struct span line)
{
	uint64_t head = hash_xxh3(span_first(line, HEAD_MAX));

	return head ? head : 1;
}

/* The head of a file, 0 where it has no whole line or cannot be read. */
static uint64_t
read_head(const char *path)
{
	struct err why = ERR_INIT;
	struct input_stream *stream;
	char bytes[HEAD_MAX];
	size_t len = 0, end;
	ssize_t got = 1;

	if (input_stream_open(path, -1, &stream, &why) < 0)
		return 0;
	while (got > 0 && len < sizeof(bytes)) {
		got = input_stream_read(
		    stream, bytes + len, sizeof(bytes) - len, &why);
		len += got > 0 ? (size_t)got : 0;
	}
	input_stream_close(&stream);
	end = span_find(span_of(bytes, len), '\n');
	return end < len || len == sizeof(bytes) ? log_head(span_of(bytes, end))
						 : 0;
}

/* What a file is; path is kept, not copied. False: it is no regular file. */
static bool
log_file_look(const char *path, struct log_file *file)
{
	struct stat stat_of;

	if (stat(path, &stat_of) < 0 || !S_ISREG(stat_of.st_mode))
		return false;
	*file = (struct log_file){ .path = path,
		.inode = (uint64_t)stat_of.st_ino,
		.head = read_head(path),
		.changed = (int64_t)stat_of.st_mtime,
		.size = input_stream_is_packed(path)
			    ? UINT64_MAX
			    : (uint64_t)stat_of.st_size };
	return true;
}

/* Oldest first; of what changed in the same second, the higher number of
 * log.1, log.2 and the lower date of log-20260321 is older. */
static int
by_age(const void *a, const void *b)
{
	const struct log_file *one = a, *two = b;
	size_t len_one = strlen(one->path), len_two = strlen(two->path);
	bool dated = strrchr(one->path, '-') > strrchr(one->path, '/');

	if (one->changed != two->changed)
		return one->changed < two->changed ? -1 : 1;
	if (len_one != len_two)
		return len_one > len_two ? -1 : 1;
	return dated ? strcmp(one->path, two->path)
		     : strcmp(two->path, one->path);
}

/* Whether a name beside the log is one of its rotations. */
static bool
is_rotation(struct span name, struct span log)
{
	char next = name.len > log.len ? name.at[log.len] : '\0';

	return span_starts(name, log) && (next == '.' || next == '-');
}

/* A log that is copied or packed just now is there twice. */
static bool
is_listed(const struct log_file *files, size_t count, uint64_t head)
{
	for (size_t i = 0; i < count; i++)
		if (files[i].head == head)
			return true;
	return false;
}

/* The rotations in the folder, in any order; the room is FILES_MAX. */
static int
list_rotations(const char *path, struct arena *arena, struct log_file *files,
    size_t *count, struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct span folder =
	    slash ? span_of(path, (size_t)(slash - path) + 1) : SPAN("./");
	struct span log = span_str(slash ? slash + 1 : path), kept;
	struct dirent *entry;
	DIR *dir;

	if (arena_dup(arena, folder, &kept) < 0)
		return err_set(err, ERR_MEMORY, "out of memory");
	dir = opendir(kept.at);
	while (dir && *count < FILES_MAX && (entry = readdir(dir))) {
		struct span name = span_str(entry->d_name);
		struct buf full;

		if (!is_rotation(name, log))
			continue;
		buf_init(&full, arena, folder.len + name.len + 1);
		if (slash)
			buf_add(&full, folder);
		buf_add(&full, name);
		if (buf_cstr(&full) && !full.failed &&
		    log_file_look(full.at, &files[*count]) &&
		    files[*count].head != 0 &&
		    !is_listed(files, *count, files[*count].head))
			(*count)++;
	}
	if (dir)
		closedir(dir);
	return 0;
}

/* Which file the place is in: 2 certainly, 1 perhaps, 0 not. */
static int
fits(const struct log_file *file, const struct log_place *place)
{
	bool same = file->inode == place->inode;

	if (place->head == 0)
		return same;
	return file->head == place->head ? 1 + same : 0;
}

int
log_files_after(const char *path, const struct log_place *place,
    struct arena *arena, struct log_file **files, size_t *count, bool *known,
    struct err *err)
{
	struct log_file *all = arena_calloc(arena, FILES_MAX + 1, sizeof(*all));
	struct log_file now = { .path = path };
	size_t found = 0, first = 0;
	int best = 0;

	if (!all)
		return err_set(err, ERR_MEMORY, "out of memory");
	(void)log_file_look(path, &now);
	if (list_rotations(path, arena, all, &found, err) < 0)
		return -1;
	qsort(all, found, sizeof(*all), by_age);
	all[found++] = now;
	for (size_t i = 0; i < found; i++)
		if (fits(&all[i], place) > best) {
			best = fits(&all[i], place);
			first = i;
		}
	*known = best > 0;
	while (
	    !*known && first + 1 < found && all[first].changed < place->read_at)
		first++;
	*files = all + first;
	*count = found - first;
	return 0;
}
