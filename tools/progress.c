#include "tools/progress.h"

#include <unistd.h>

#include "store/base/monotonic.h"

#define WIDTH 24     /* of the bar */
#define PATIENCE 1.0 /* seconds before anything shows */
#define INTERVAL 0.2

static double
seconds_now(void)
{
	return (double)monotonic_us() / 1e6;
}

void
progress_begin(
    struct progress *progress, FILE *out, const char *label, const char *unit)
{
	int fd = out ? fileno(out) : -1;

	*progress = (struct progress){ .label = label, .unit = unit };
	progress->out = fd >= 0 && isatty(fd) ? out : NULL;
	progress->began = progress->last = seconds_now();
}

double
progress_seconds(const struct progress *progress)
{
	return seconds_now() - progress->began;
}

const char *
progress_line(const struct progress *progress, double seconds, uint64_t units,
    uint64_t done, uint64_t total, char *out, size_t size)
{
	char bar[WIDTH + 1] = "", left[32] = "", of[32] = "";
	double part = total ? (double)done / (double)total : 0;
	double rate = seconds > 0 ? (double)units / seconds : 0;
	double rest;

	if (part > 1)
		part = 1;
	if (total == 0) {
		snprintf(out, size, "%s: %llu %s, %.0f/s", progress->label,
		    (unsigned long long)units, progress->unit, rate);
		return out;
	}
	for (int i = 0; i < WIDTH; i++)
		bar[i] = i < (int)(part * WIDTH) ? '#' : '.';
	if (part > 0) {
		rest = seconds * (1 - part) / part;
		if (rest > 359999)
			rest = 359999;
		snprintf(left, sizeof(left), ", %u:%02u left",
		    (unsigned)rest / 60, (unsigned)rest % 60);
	}
	if (units == done)
		snprintf(of, sizeof(of), " of %llu", (unsigned long long)total);
	snprintf(out, size, "%s [%s] %3d %%  %llu%s %s, %.0f/s%s",
	    progress->label, bar, (int)(part * 100), (unsigned long long)units,
	    of, progress->unit, rate, left);
	return out;
}

void
progress_at(
    struct progress *progress, uint64_t units, uint64_t done, uint64_t total)
{
	char line[160];
	double now;

	if (!progress->out)
		return;
	now = seconds_now();
	if (now - progress->began < PATIENCE || now - progress->last < INTERVAL)
		return;
	progress->last = now;
	progress->shown = true;
	fprintf(progress->out, "\r%s\033[K",
	    progress_line(progress, now - progress->began, units, done, total,
		line, sizeof(line)));
	fflush(progress->out);
}

void
progress_end(struct progress *progress)
{
	if (progress->shown)
		fprintf(progress->out, "\r\033[K");
	progress->shown = false;
}
