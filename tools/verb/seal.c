/*
 * inlay seal: a template with the X-Inlay-Seal that rules with require=seal
 * ask for.
 */
#include <sysexits.h>

#include "milter/sign/seal.h"
#include "milter/settings.h"
#include "store/base/buf.h"
#include "tools/out.h"
#include "tools/message/message_file.h"
#include "tools/message/pipeline.h"
#include "tools/verbs.h"

int
verb_seal(struct cli *cli, struct err *err)
{
	struct personalise_request request = { .now = cli_now() };
	struct span seal;
	struct buf field;
	int lf;

	if (cli_when(cli, "at", &request.now, err) < 0 ||
	    settings_secrets(cli->settings, err) < 0)
		return -1;
	lf = message_file_read(cli, cli->argv[0], &request, err);
	if (lf < 0 ||
	    seal_make(&cli->settings->seal_keys, request.campaign_header,
		request.message, request.now, cli->arena, &seal, err) < 0)
		return -1;
	buf_init(&field, cli->arena, seal.len + 64);
	buf_printf(&field, "X-Inlay-Seal: %.*s\r\n", SPAN_ARG(seal));
	if (field.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	out_mail(cli->out, buf_span(&field), lf);
	out_mail(cli->out, request.message, lf);
	return EX_OK;
}
