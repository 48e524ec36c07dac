/*
 * inlay token: verify.
 */
#include <sysexits.h>

#include "milter/settings.h"
#include "milter/sign/mark.h"
#include "milter/sign/token.h"
#include "store/base/ascii.h"
#include "tools/out.h"
#include "tools/verbs.h"

/* A mark leads to an entry of the ledger by its tag. EX_OK, EX_DATAERR or -1.
 */
static int
verify_mark(struct cli *cli, struct err *err)
{
	unsigned char tag[MARK_TAG];
	char hex[2 * MARK_TAG + 1] = "";
	int valid = mark_check(&cli->settings->tokens.secrets, cli->tenant,
	    span_str(cli->argv[0]), tag, err);
	json_t *object;

	if (valid < 0)
		return -1;
	if (valid == 0)
		return cli_fail(cli, EX_DATAERR, "token",
		    "the mark is forged, or another tenant's");
	hex_write(tag, MARK_TAG, hex);
	object = json_object();
	out_set(object, "message", json_string(hex));
	out_set(object, "tenant", out_string(cli->tenant));
	return out_json_pretty(cli->out, object, err) < 0 ? -1 : EX_OK;
}

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
	if (mark_is_formed(span_str(cli->argv[0])))
		return verify_mark(cli, err);
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
