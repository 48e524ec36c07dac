#include "tools/studio.h"

#include "milter/settings.h"
#include "store/base/buf.h"
#include "tools/source.h"

static int
open_personaliser(struct cli *cli, struct studio *studio, struct err *err)
{
	const struct settings *settings = studio->settings;
	const struct personalise_options options = {
		.tenant = cli->tenant,
		.cache_bytes = settings->cache_size,
		.part_max = settings->max_part_size,
		.steps_max = settings->render_steps,
		.commit_ms = (int64_t)settings->deadline_ms,
		.tokens = settings->tokens.secrets.count != 0
			      ? &settings->tokens
			      : NULL,
	};

	return personaliser_open(
	    &options, cli->engine, &studio->personaliser, err);
}

int
studio_open(struct cli *cli, struct studio *studio, struct err *err)
{
	*studio = (struct studio){ .settings = cli->settings };
	if (service_open(cli->conf ? cli->conf : SETTINGS_FILE,
		&studio->service, err) < 0)
		return -1;
	studio->settings = studio->service->settings;
	if (open_personaliser(cli, studio, err) == 0)
		return 0;
	studio_close(studio);
	return -1;
}

int
studio_open_unsigned(struct cli *cli, struct studio *studio, struct err *err)
{
	*studio = (struct studio){ .settings = cli->settings };
	settings_secrets(cli->settings, NULL);
	return open_personaliser(cli, studio, err);
}

void
studio_close(struct studio *studio)
{
	if (studio->personaliser)
		personaliser_close(&studio->personaliser);
	if (studio->service)
		service_release(&studio->service);
}

static int
read_whole(struct cli *cli, struct source *source, size_t most,
    struct buf *given, struct err *err)
{
	char chunk[16384];
	ssize_t got;

	buf_init(given, cli->arena, most);
	while ((got = source_read(source, chunk, sizeof(chunk), err)) > 0)
		buf_add(given, span_of(chunk, (size_t)got));
	if (got < 0)
		return -1;
	if (given->failed)
		return err_at(err, ERR_SIZE, source_name(source), 0, 0,
		    "larger than %zu bytes", most);
	return 0;
}

/* Every line ended by CRLF. */
static void
add_crlf(struct buf *out, struct span text, bool *bare)
{
	char last = '\n';

	*bare = true;
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\n' && last != '\r')
			buf_byte(out, '\r');
		else if (text.at[i] == '\n')
			*bare = false;
		last = text.at[i];
		buf_byte(out, last);
	}
	if (last != '\n')
		buf_str(out, "\r\n");
}

/* Whether the header has a field of that name. */
static bool
has_field(struct span message, struct span name)
{
	struct span header = message;

	while (
	    header.len != 0 && header.at[0] != '\n' && header.at[0] != '\r') {
		size_t line = span_find(header, '\n');

		if (header.len > name.len && header.at[name.len] == ':' &&
		    span_caseeq(span_first(header, name.len), name))
			return true;
		header = span_from(header, line + 1);
	}
	return false;
}

int
studio_message(struct cli *cli, const char *path,
    struct studio_message *message, struct err *err)
{
	static const char header[] = "X-Campaign-Id";
	size_t most = (size_t)cli->settings->max_message_size;
	const char *campaign = cli_flag(cli, "campaign");
	struct source *source;
	struct buf given, made;
	int status;

	if (source_open(path, fileno(cli->in), &source, err) < 0)
		return -1;
	status = read_whole(cli, source, most, &given, err);
	source_close(&source);
	if (status < 0)
		return -1;
	message->given = buf_span(&given);
	buf_init(&made, cli->arena, 2 * most + 1024);
	message->campaign = has_field(message->given, SPAN("X-Campaign-Id"));
	if (campaign && !message->campaign) {
		buf_printf(&made, "%s: %s\r\n", header, campaign);
		message->campaign = true;
	}
	if (!has_field(message->given, SPAN("Message-ID")))
		buf_str(&made, "Message-ID: <preview@localhost>\r\n");
	add_crlf(&made, message->given, &message->bare);
	if (made.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	message->bytes = buf_span(&made);
	return 0;
}
