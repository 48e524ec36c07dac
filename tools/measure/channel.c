#include "tools/measure/channel.h"

#include "store/base/chance.h"

struct appetence
channel_appetence(const struct channel_past *past, double value)
{
	double rate =
	    beta_update(past->usual, past->weight, past->answered, past->sent)
		.mean;

	return (struct appetence){ rate, rate * value - past->cost };
}

int
channel_best(const struct channel_past *channels, size_t count, double value)
{
	double best = 0;
	int found = -1;

	for (size_t i = 0; i < count; i++) {
		double net = channel_appetence(&channels[i], value).net;

		if (channels[i].available && net > best) {
			best = net;
			found = (int)i;
		}
	}
	return found;
}

static bool
answered_since(
    int64_t since, const int64_t *answered, size_t answers, int64_t now)
{
	for (size_t i = 0; i < answers; i++)
		if (answered[i] >= since && answered[i] <= now)
			return true;
	return false;
}

struct cascade
cascade_due(const struct cascade_step *steps, size_t count,
    const int64_t *answered, size_t answers, int64_t now)
{
	for (size_t i = 0; i < count; i++) {
		int64_t sent = steps[i].sent_at, wait = steps[i].wait;
		int64_t until =
		    wait > INT64_MAX - sent ? INT64_MAX : sent + wait;

		if (!steps[i].sent)
			return (struct cascade){ CASCADE_SEND, i, 0 };
		if (answered_since(sent, answered, answers, now))
			return (struct cascade){ CASCADE_STOP, i, 0 };
		if (now < until)
			return (struct cascade){ CASCADE_WAIT, i, until };
	}
	return (struct cascade){ CASCADE_DONE, count, 0 };
}
