/*
 * inlay doctor
 */
#include <sysexits.h>

#include "milter/settings.h"
#include "tools/doctor/examine.h"
#include "tools/verbs.h"

static void
examine_data(struct diagnosis *diagnosis, struct cli *cli)
{
	int64_t tidied;
	uint64_t reserved;
	struct chores_done done = { .tidied = NULL };

	(void)chore_readings(
	    cli->engine, CHORE_READING, cli->arena, &done.read, NULL);
	(void)chore_readings(
	    cli->engine, CHORE_EVENTS, cli->arena, &done.clicks, NULL);
	if (chore_last_tidying(
		cli->engine, cli->arena, &tidied, &reserved, NULL) > 0)
		done.tidied = &tidied;
	examine_people(diagnosis, cli, &done);
}

/* What others see of this installation. */
static void
examine_net(struct diagnosis *diagnosis, struct cli *cli)
{
	examine_dns(diagnosis, cli->settings);
	examine_senders(diagnosis, cli);
	if (cli->engine)
		examine_unsubscribe(diagnosis, cli);
}

/* Whatever is wrong is a finding; what needs the settings is left out where
 * there are none. */
static void
examine(struct diagnosis *diagnosis, struct cli *cli)
{
	const char *file = cli->conf ? cli->conf : SETTINGS_FILE;

	examine_settings(diagnosis, file);
	examine_clock(diagnosis);
	if (settings_load(file, &cli->settings, NULL) < 0)
		return;
	cli->tenant = span_str(cli_flag(cli, "tenant") ? cli_flag(cli, "tenant")
						       : cli->settings->tenant);
	if (examine_socket(diagnosis, cli->settings))
		examine_control(diagnosis, cli->settings);
	if (!examine_postfix(diagnosis, cli->settings))
		examine_sendmail(diagnosis, cli->settings);
	if (examine_store(diagnosis, cli))
		examine_data(diagnosis, cli);
	if (cli_flag(cli, "net"))
		examine_net(diagnosis, cli);
}

int
verb_doctor(struct cli *cli, struct err *err)
{
	struct diagnosis *diagnosis = ARENA_NEW(cli->arena, struct diagnosis);
	bool all = cli_flag(cli, "all") != NULL;

	if (!diagnosis)
		return err_set(err, ERR_MEMORY, "out of memory");
	diagnosis->arena = cli->arena;
	examine(diagnosis, cli);
	if (cli->json) {
		if (diagnosis_json(diagnosis, all, cli->out, err) < 0)
			return -1;
	} else {
		diagnosis_print(diagnosis, all, cli->out);
	}
	return diagnosis_status(diagnosis);
}
