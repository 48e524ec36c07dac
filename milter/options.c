#include "milter/options.h"

struct engine_options
options_of_engine(const struct settings *settings)
{
	return (struct engine_options){
		.path = settings->store,
		.mode = 0640,
		.map_bytes = (size_t)settings->map_size,
		.map_max = (size_t)settings->map_limit,
		.commit_ms = (unsigned)settings->deadline_ms,
		.queue_max = (unsigned)settings->queue_limit,
	};
}

struct personalise_options
options_of_personaliser(const struct settings *settings, struct span tenant)
{
	return (struct personalise_options){
		.tenant = tenant,
		.cache_bytes = settings->cache_size,
		.part_max = settings->max_part_size,
		.steps_max = settings->render_steps,
		.depth_max = (unsigned)settings->render_depth,
		.harden = settings_harden(settings),
		.deadline_ms = (int64_t)settings->deadline_ms,
		.tokens = settings->tokens.secrets.count != 0
			      ? &settings->tokens
			      : NULL,
	};
}
