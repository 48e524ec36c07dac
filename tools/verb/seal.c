/*
 * inlay seal: a template with the X-Inlay-Seal that rules with require=seal
 * ask for.
 */
#include <sysexits.h>

#include "milter/sign/seal.h"
#include "milter/settings.h"
#include "tools/out.h"
#include "tools/message/message_file.h"
#include "tools/message/pipeline.h"
#include "tools/verbs.h"

int
verb_seal(struct cli *cli, struct err *err)
{
	struct personalise_request request = { .now = cli_now() };
	struct span seal;
	int lf;

	if (cli_when(cli, "at", &request.now, err) < 0 ||
	    settings_secrets(cli->settings, err) < 0)
		return -1;
	lf = message_file_read(cli, cli->argv[0], &request, err);
	if (lf < 0 ||
	    seal_make(&cli->settings->seal_keys, request.campaign_header,
		request.message, request.now, cli->arena, &seal, err) < 0)
		return -1;
	fprintf(cli->out, "X-Inlay-Seal: %.*s%s", SPAN_ARG(seal),
	    lf ? "\n" : "\r\n");
	out_mail(cli->out, request.message, lf);
	return EX_OK;
}
