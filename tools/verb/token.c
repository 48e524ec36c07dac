/*
 * inlay token: verify.
 */
#include <sysexits.h>

#include "milter/settings.h"
#include "milter/sign/token.h"
#include "tools/out.h"
#include "tools/verbs.h"

int
verb_token_verify(struct cli *cli, struct err *err)
{
	struct token_claim claim;
	int64_t now = cli_now();
	int valid;
	json_t *object;

	if (cli_when(cli, "at", &now, err) < 0 ||
	    settings_secrets(cli->settings, err) < 0)
		return -1;
	if (cli->settings->tokens.secrets.count == 0)
		return err_set(err, ERR_CONFIG, "there is no token-key");
	valid = token_check(&cli->settings->tokens, span_str(cli->argv[0]), now,
	    cli->arena, &claim, err);
	if (valid <= 0) {
		/* A token that is wrong is wrong data. */
		return cli_fail(cli, valid < 0 ? cli_status(err) : EX_DATAERR,
		    "token", "%s", err->text);
	}
	object = json_object();
	out_set(object, "address", out_string(claim.address));
	out_set(object, "campaign", out_string(claim.campaign));
	out_set(object, "tenant", out_string(claim.tenant));
	out_set(object, "expires",
	    claim.expires ? out_moment(claim.expires) : json_null());
	return out_json_pretty(cli->out, object, err) < 0 ? -1 : EX_OK;
}
