#include "milter/template/cache.h"

#include <pthread.h>
#include <stdlib.h>

#include "store/base/hash.h"

#define BUCKETS 1024 /* a power of two */

struct cached {
	struct cached *next;   /* in its bucket */
	struct cached *before; /* while nobody holds it: more recently used */
	struct cached *after;  /* less recently used */
	unsigned char key[16];
	struct program *program;
	size_t holders;
};

struct cache {
	size_t limit;
	/* Guards all below and every cached's links and holders. */
	pthread_mutex_t lock;
	size_t size;
	struct cached *newest; /* of those that nobody holds */
	struct cached *oldest;
	struct cached *buckets[BUCKETS];
};

struct cache *
cache_new(size_t limit)
{
	struct cache *cache = calloc(1, sizeof *cache);

	if (cache == NULL)
		return NULL;
	cache->limit = limit;
	pthread_mutex_init(&cache->lock, NULL);
	return cache;
}

static struct cached **
bucket_of(struct cache *cache, const unsigned char *key)
{
	return &cache
		    ->buckets[(key[0] | (unsigned)key[1] << 8) & (BUCKETS - 1)];
}

static void
unlink_use(struct cache *cache, struct cached *cached)
{
	if (cached->before != NULL)
		cached->before->after = cached->after;
	else
		cache->newest = cached->after;
	if (cached->after != NULL)
		cached->after->before = cached->before;
	else
		cache->oldest = cached->before;
}

static void
link_newest(struct cache *cache, struct cached *cached)
{
	cached->before = NULL;
	cached->after = cache->newest;
	if (cache->newest != NULL)
		cache->newest->before = cached;
	else
		cache->oldest = cached;
	cache->newest = cached;
}

static void
drop(struct cache *cache, struct cached *cached)
{
	struct cached **link = bucket_of(cache, cached->key);

	while (*link != cached)
		link = &(*link)->next;
	*link = cached->next;
	unlink_use(cache, cached);
	cache->size -= program_size(cached->program);
	program_free(&cached->program);
	free(cached);
}

static void
shrink(struct cache *cache)
{
	while (cache->oldest != NULL && cache->size > cache->limit)
		drop(cache, cache->oldest);
}

void
cache_free(struct cache **cache)
{
	if (*cache == NULL)
		return;
	while ((*cache)->newest != NULL)
		drop(*cache, (*cache)->newest);
	pthread_mutex_destroy(&(*cache)->lock);
	free(*cache);
	*cache = NULL;
}

/* Takes hold of the program under the key, or NULL. */
static struct cached *
take(struct cache *cache, const unsigned char *key)
{
	struct cached *cached = *bucket_of(cache, key);

	while (cached != NULL && memcmp(cached->key, key, 16) != 0)
		cached = cached->next;
	if (cached != NULL && cached->holders++ == 0)
		unlink_use(cache, cached);
	return cached;
}

static struct cached *
put(struct cache *cache, struct cached *fresh)
{
	struct cached **bucket = bucket_of(cache, fresh->key);

	fresh->holders = 1;
	fresh->next = *bucket;
	*bucket = fresh;
	cache->size += program_size(fresh->program);
	shrink(cache);
	return fresh;
}

static int
compile(struct span source, enum place place, const char *name,
    struct work *work, struct program **program, struct err *err)
{
	struct program_options options = { .name = name,
		.place = place,
		.syntax = SYNTAX_STRICT,
		.braze = true,
		.mend = true,
		.work = work };

	return program_compile(source, &options, program, err);
}

/* What compiling it would have cost. */
static int
pay(struct cache *cache, struct cached **cached, const char *name,
    struct work *work, struct err *err)
{
	if (work == NULL || work_take(work, program_work((*cached)->program)))
		return 0;
	cache_release(cache, *cached);
	*cached = NULL;
	work_fail(work, err);
	return err_in(err, name);
}

/* Two threads may compile the same source at once; the second to finish
 * takes the first one's program. Better than compiling under the lock. */
int
cache_acquire(struct cache *cache, struct span source, enum place place,
    const char *name, struct work *work, struct cached **cached,
    struct err *err)
{
	char kind = (char)place;
	struct span parts[] = { source, span_of(&kind, 1), span_str(name) };
	struct cached *fresh, *twin;
	unsigned char key[16];

	hash_blake2b128(parts, 3, key);
	pthread_mutex_lock(&cache->lock);
	*cached = take(cache, key);
	pthread_mutex_unlock(&cache->lock);
	if (*cached != NULL)
		return pay(cache, cached, name, work, err);
	fresh = calloc(1, sizeof *fresh);
	if (fresh == NULL)
		return err_set(err, ERR_MEMORY, "no memory for a template");
	memcpy(fresh->key, key, sizeof key);
	if (compile(source, place, name, work, &fresh->program, err) < 0) {
		free(fresh);
		return -1;
	}
	pthread_mutex_lock(&cache->lock);
	twin = take(cache, key);
	*cached = twin != NULL ? twin : put(cache, fresh);
	pthread_mutex_unlock(&cache->lock);
	if (twin != NULL) {
		program_free(&fresh->program);
		free(fresh);
	}
	return 0;
}

const struct program *
cached_program(const struct cached *cached)
{
	return cached->program;
}

void
cache_release(struct cache *cache, struct cached *cached)
{
	pthread_mutex_lock(&cache->lock);
	if (--cached->holders == 0)
		link_newest(cache, cached);
	shrink(cache);
	pthread_mutex_unlock(&cache->lock);
}
