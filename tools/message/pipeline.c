#include "tools/message/pipeline.h"

#include "milter/settings.h"

static int
open_personaliser(struct cli *cli, struct pipeline *pipeline, struct err *err)
{
	const struct settings *settings = pipeline->settings;
	const struct personalise_options options = {
		.tenant = cli->tenant,
		.cache_bytes = settings->cache_size,
		.part_max = settings->max_part_size,
		.steps_max = settings->render_steps,
		.depth_max = (unsigned)settings->render_depth,
		.deadline_ms = (int64_t)settings->deadline_ms,
		.tokens = settings->tokens.secrets.count != 0
			      ? &settings->tokens
			      : NULL,
	};

	return personaliser_open(
	    &options, cli->engine, &pipeline->personaliser, err);
}

int
pipeline_open(struct cli *cli, struct pipeline *pipeline, struct err *err)
{
	*pipeline = (struct pipeline){ .settings = cli->settings };
	if (loaded_config_open(cli->conf ? cli->conf : SETTINGS_FILE,
		&pipeline->config, err) < 0)
		return -1;
	pipeline->settings = pipeline->config->settings;
	if (open_personaliser(cli, pipeline, err) == 0)
		return 0;
	pipeline_close(pipeline);
	return -1;
}

int
pipeline_open_unsigned(
    struct cli *cli, struct pipeline *pipeline, struct err *err)
{
	*pipeline = (struct pipeline){ .settings = cli->settings };
	settings_secrets(cli->settings, NULL);
	return open_personaliser(cli, pipeline, err);
}

void
pipeline_close(struct pipeline *pipeline)
{
	if (pipeline->personaliser)
		personaliser_close(&pipeline->personaliser);
	if (pipeline->config)
		loaded_config_release(&pipeline->config);
}
