#include "tools/message/pipeline.h"

#include "milter/options.h"

static int
open_personaliser(struct cli *cli, struct pipeline *pipeline, struct err *err)
{
	const struct personalise_options options =
	    options_of_personaliser(pipeline->settings, cli->tenant);

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
