#include "store/engine/writer.h"

#include "store/base/monotonic.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

/* A batch is kept small enough that its commit is quick. */
#define BATCH_WRITES 1024
#define BATCH_BYTES ((size_t)8 * 1024 * 1024)

/* How often a batch is tried again after room was made for it. */
#define TRIES 64

enum job_state {
	JOB_QUEUED,  /* nothing was done with it */
	JOB_TAKEN,   /* its bytes are being read */
	JOB_SYNCING, /* its bytes are not needed any more */
	JOB_DONE
};

/* One caller's writes; the writer's once the caller has left it. */
struct job {
	struct job *next;
	enum job_state state;
	bool late; /* its time is up; it waits for its bytes to be free */
	bool left; /* the caller has */
	pthread_cond_t done;
	struct err err;
	size_t bytes;
	size_t count;
	struct write writes[];
};

struct writer {
	struct writer_store store;
	unsigned queue_max;
	pthread_t thread;
	pthread_mutex_t lock; /* guards all below, and every job's fields */
	pthread_cond_t work;  /* the queue is not empty, or closing */
	struct job *first;    /* the queue */
	struct job **last;
	struct job *batch; /* what was taken from it */
	unsigned alone;	   /* so many jobs go one to a batch */
	bool closing;
	unsigned waiting;      /* callers within writer_commit */
	pthread_cond_t nobody; /* closing, and they are gone */
	struct writer_stat stat;
};

static void
job_free(struct job *job)
{
	pthread_cond_destroy(&job->done);
	free(job);
}

static struct job *
job_new(const struct write *writes, size_t count)
{
	struct job *job;

	if (count > (SIZE_MAX - sizeof *job) / sizeof *writes)
		return NULL;
	job = calloc(1, sizeof *job + count * sizeof *writes);
	if (job == NULL)
		return NULL;
	if (monotonic_cond(&job->done) < 0) {
		free(job);
		return NULL;
	}
	memcpy(job->writes, writes, count * sizeof *writes);
	job->count = count;
	for (size_t i = 0; i < count; i++)
		job->bytes += writes[i].bytes.len;
	return job;
}

/* Everything below until `run` is the thread's side. */

/* Takes what is queued, within bounds, at least one job. Under the lock. */
static void
take(struct writer *writer)
{
	struct job **last = &writer->batch;
	size_t writes = 0, bytes = 0;

	while (writer->first != NULL) {
		struct job *job = writer->first;

		if (writer->batch != NULL &&
		    (writer->alone != 0 || writes + job->count > BATCH_WRITES ||
			bytes + job->bytes > BATCH_BYTES))
			break;
		writes += job->count;
		bytes += job->bytes;
		writer->first = job->next;
		writer->stat.queued -= (unsigned)job->count;
		job->state = JOB_TAKEN;
		job->next = NULL;
		*last = job;
		last = &job->next;
	}
	if (writer->first == NULL)
		writer->last = &writer->first;
	if (writer->alone != 0)
		writer->alone--;
}

/* Settles one job, counting what became of its writes. */
static void
settle(struct writer *writer, struct job *job, enum write_result fate)
{
	for (size_t i = 0; i < job->count; i++) {
		if (job->writes[i].result == WRITE_CONFLICT) {
			writer->stat.conflicts++;
			continue;
		}
		job->writes[i].result = fate;
		writer->stat.writes += fate == WRITE_OK;
	}
	job->state = JOB_DONE;
	if (job->left)
		job_free(job);
	else
		pthread_cond_signal(&job->done);
}

/* Tells every caller of the batch how it went. */
static void
finish(struct writer *writer, enum write_result fate, const struct err *err)
{
	uint64_t before;

	pthread_mutex_lock(&writer->lock);
	before = writer->stat.writes;
	while (writer->batch != NULL) {
		struct job *job = writer->batch;

		writer->batch = job->next;
		if (err != NULL)
			job->err = *err;
		settle(writer, job, fate);
	}
	if (fate != WRITE_OK) {
		writer->stat.failures++;
		writer->stat.failing = true;
	} else if (writer->stat.writes != before) {
		writer->stat.commits++;
		writer->stat.failing = false;
	}
	pthread_mutex_unlock(&writer->lock);
}

/* Puts the batch back at the head of the queue, where its callers may leave
 * it; without those that have left. How many jobs that were. */
static unsigned
put_back(struct writer *writer)
{
	struct job **at = &writer->batch;
	unsigned count = 0;

	while (*at != NULL) {
		struct job *job = *at;

		if (job->left) {
			*at = job->next;
			job_free(job);
			continue;
		}
		job->state = JOB_QUEUED;
		if (job->late)
			pthread_cond_signal(&job->done);
		writer->stat.queued += (unsigned)job->count;
		count++;
		at = &job->next;
	}
	*at = writer->first;
	if (writer->first == NULL)
		writer->last = at;
	writer->first = writer->batch;
	if (writer->first == NULL)
		writer->last = &writer->first;
	writer->batch = NULL;
	return count;
}

static void
do_again(struct writer *writer)
{
	pthread_mutex_lock(&writer->lock);
	put_back(writer);
	pthread_mutex_unlock(&writer->lock);
}

/* One job to a batch, so that one record that cannot be written does not
 * keep the others from it. */
static void
do_apart(struct writer *writer)
{
	pthread_mutex_lock(&writer->lock);
	writer->alone += put_back(writer);
	pthread_mutex_unlock(&writer->lock);
}

/* The bytes have been read: whoever is late may go. */
static void
release_bytes(struct writer *writer)
{
	pthread_mutex_lock(&writer->lock);
	for (struct job *job = writer->batch; job; job = job->next) {
		job->state = JOB_SYNCING;
		if (job->late)
			pthread_cond_signal(&job->done);
	}
	pthread_mutex_unlock(&writer->lock);
}

static enum writer_step
put_all(struct writer *writer, bool *any, struct err *err)
{
	*any = false;
	for (struct job *job = writer->batch; job; job = job->next) {
		for (size_t i = 0; i < job->count; i++) {
			struct write *write = &job->writes[i];
			enum writer_step step;

			step = writer->store.put(
			    writer->store.context, write, err);
			if (step != STEP_DONE)
				return step;
			*any |= write->result == WRITE_OK;
		}
	}
	return STEP_DONE;
}

/* One attempt at the batch in hand, begun already. DONE also where it went
 * back to the queue to be done in parts. */
static enum writer_step
attempt(struct writer *writer, struct err *err)
{
	bool any;
	enum writer_step step = put_all(writer, &any, err);

	if (step == STEP_FAILED && writer->batch->next != NULL) {
		do_apart(writer);
		return STEP_DONE;
	}
	if (step != STEP_DONE)
		return step;
	release_bytes(writer);
	if (any)
		return writer->store.commit(writer->store.context, err);
	writer->store.abandon(writer->store.context);
	return STEP_DONE;
}

static enum writer_step
begin(struct writer *writer, struct err *err)
{
	enum writer_step step;

	pthread_mutex_lock(&writer->lock);
	writer->stat.at_lock = true;
	pthread_mutex_unlock(&writer->lock);
	step = writer->store.begin(writer->store.context, err);
	pthread_mutex_lock(&writer->lock);
	writer->stat.at_lock = false;
	if (step != STEP_AGAIN)
		take(writer);
	pthread_mutex_unlock(&writer->lock);
	return step;
}

static void
do_batch(struct writer *writer)
{
	enum writer_step step = STEP_AGAIN;
	struct err err = ERR_INIT;

	for (unsigned try = 0; step == STEP_AGAIN && try < TRIES; try++) {
		err_clear(&err);
		do_again(writer);
		step = begin(writer, &err);
		if (step == STEP_DONE && writer->batch == NULL) {
			/* They all left while we waited for the lock. */
			writer->store.abandon(writer->store.context);
			return;
		}
		if (step == STEP_DONE)
			step = attempt(writer, &err);
	}
	if (step == STEP_DONE) {
		finish(writer, WRITE_OK, NULL);
		return;
	}
	err_set(&err, ERR_STORE, "the store cannot commit");
	finish(writer, step == STEP_UNKNOWN ? WRITE_UNKNOWN : WRITE_UNAVAILABLE,
	    &err);
}

static void *
run(void *context)
{
	struct writer *writer = context;

	for (;;) {
		pthread_mutex_lock(&writer->lock);
		while (writer->first == NULL && !writer->closing)
			pthread_cond_wait(&writer->work, &writer->lock);
		if (writer->first == NULL) {
			pthread_mutex_unlock(&writer->lock);
			return NULL;
		}
		pthread_mutex_unlock(&writer->lock);
		do_batch(writer);
	}
}

/* From here on the callers' side. */

static void
unqueue(struct writer *writer, struct job *job)
{
	struct job **at = &writer->first;

	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
	if (job->next == NULL)
		writer->last = at;
	writer->stat.queued -= (unsigned)job->count;
}

static int
refuse(struct write *writes, size_t count, struct err *err, const char *why)
{
	for (size_t i = 0; i < count; i++)
		writes[i].result = WRITE_UNAVAILABLE;
	return err_set(err, ERR_STORE, "%s", why);
}

static int
enqueue(struct writer *writer, struct job *job)
{
	if (writer->closing ||
	    job->count > writer->queue_max - writer->stat.queued)
		return -1;
	writer->stat.queued += (unsigned)job->count;
	if (writer->stat.queued > writer->stat.queued_most)
		writer->stat.queued_most = writer->stat.queued;
	*writer->last = job;
	writer->last = &job->next;
	pthread_cond_signal(&writer->work);
	return 0;
}

/* Copies the fates out. A write of a job that is left half way may yet
 * happen, unless it was refused already. */
static int
results(const struct job *job, struct write *writes, bool *unsure)
{
	int all = 1;

	*unsure = false;
	for (size_t i = 0; i < job->count; i++) {
		writes[i].result = job->writes[i].result;
		writes[i].now = job->writes[i].now;
		if (job->state == JOB_QUEUED)
			writes[i].result = WRITE_UNAVAILABLE;
		else if (job->state == JOB_SYNCING &&
			 writes[i].result != WRITE_CONFLICT)
			writes[i].result = WRITE_UNKNOWN;
		if (writes[i].result != WRITE_OK)
			writes[i].now = 0;
		if (writes[i].result == WRITE_CONFLICT)
			all = 0;
		else if (writes[i].result != WRITE_OK)
			*unsure = true;
	}
	return all;
}

/* Waits until the job is done or its time is up. Under the lock. While the
 * bytes are being read there is no leaving, and nothing slow happens. */
static void
await(struct writer *writer, struct job *job, unsigned ms)
{
	struct timespec deadline = monotonic_in(ms);

	while (job->state != JOB_DONE) {
		if (job->late && job->state != JOB_TAKEN)
			return;
		if (job->late)
			pthread_cond_wait(&job->done, &writer->lock);
		else if (pthread_cond_timedwait(
			     &job->done, &writer->lock, &deadline) == ETIMEDOUT)
			job->late = true;
	}
}

int
writer_commit(struct writer *writer, unsigned ms, struct write *writes,
    size_t count, struct err *err)
{
	struct job *job = job_new(writes, count);
	bool unsure;
	int all;

	if (job == NULL)
		return refuse(writes, count, err, "no memory for a commit");
	pthread_mutex_lock(&writer->lock);
	if (enqueue(writer, job) < 0) {
		pthread_mutex_unlock(&writer->lock);
		job_free(job);
		return refuse(
		    writes, count, err, "too many commits are waiting");
	}
	writer->waiting++;
	await(writer, job, ms);
	all = results(job, writes, &unsure);
	if (job->state == JOB_DONE) {
		if (unsure && err != NULL && err->code == ERR_NONE)
			*err = job->err;
		job_free(job);
	} else if (job->state == JOB_QUEUED) {
		unqueue(writer, job);
		job_free(job);
		err_set(err, ERR_DEADLINE, "no commit within %u ms", ms);
	} else {
		job->left = true;
		err_set(err, ERR_DEADLINE,
		    "a commit is not finished after %u ms", ms);
	}
	if (--writer->waiting == 0)
		pthread_cond_signal(&writer->nobody);
	pthread_mutex_unlock(&writer->lock);
	return unsure ? -1 : all;
}

void
writer_stat(struct writer *writer, struct writer_stat *stat)
{
	pthread_mutex_lock(&writer->lock);
	*stat = writer->stat;
	pthread_mutex_unlock(&writer->lock);
}

int
writer_open(const struct writer_store *store, unsigned queue_max,
    struct writer **writer, struct err *err)
{
	struct writer *new = calloc(1, sizeof *new);
	int failed;

	if (new == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the writer");
	new->store = *store;
	new->queue_max = queue_max;
	new->last = &new->first;
	pthread_mutex_init(&new->lock, NULL);
	pthread_cond_init(&new->work, NULL);
	pthread_cond_init(&new->nobody, NULL);
	failed = pthread_create(&new->thread, NULL, run, new);
	if (failed) {
		pthread_cond_destroy(&new->nobody);
		pthread_cond_destroy(&new->work);
		pthread_mutex_destroy(&new->lock);
		free(new);
		return err_set(err, ERR_SYSTEM, "cannot start a thread: %s",
		    strerror(failed));
	}
	*writer = new;
	return 0;
}

void
writer_close(struct writer **writer)
{
	struct writer *old = *writer;

	if (old == NULL)
		return;
	pthread_mutex_lock(&old->lock);
	old->closing = true;
	pthread_cond_signal(&old->work);
	pthread_mutex_unlock(&old->lock);
	pthread_join(old->thread, NULL);
	/* Who was told the result may still be on the way out. */
	pthread_mutex_lock(&old->lock);
	while (old->waiting != 0)
		pthread_cond_wait(&old->nobody, &old->lock);
	pthread_mutex_unlock(&old->lock);
	pthread_cond_destroy(&old->nobody);
	pthread_cond_destroy(&old->work);
	pthread_mutex_destroy(&old->lock);
	free(old);
	*writer = NULL;
}
