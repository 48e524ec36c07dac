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

/* The whole file with every line ended by CRLF. */
static int
read_crlf(struct cli *cli, struct source *source, size_t most,
    struct buf *message, struct err *err)
{
	char chunk[16384], last = '\n';
	ssize_t got;

	buf_init(message, cli->arena, most);
	while ((got = source_read(source, chunk, sizeof(chunk), err)) > 0)
		for (ssize_t i = 0; i < got; i++) {
			if (chunk[i] == '\n' && last != '\r')
				buf_byte(message, '\r');
			buf_byte(message, chunk[i]);
			last = chunk[i];
		}
	if (got < 0)
		return -1;
	if (last != '\n')
		buf_str(message, "\r\n");
	if (message->failed)
		return err_at(err, ERR_SIZE, source_name(source), 0, 0,
		    "larger than %zu bytes", most);
	return 0;
}

/* Whether the header has a field of that name. */
static bool
has_field(struct span message, struct span name)
{
	size_t end = span_search(message, SPAN("\r\n\r\n"));
	struct span header = span_first(message, end);

	while (header.len != 0) {
		size_t line = span_find(header, '\n');

		if (header.len > name.len && header.at[name.len] == ':' &&
		    span_caseeq(span_first(header, name.len), name))
			return true;
		header = span_from(header, line + 1);
	}
	return false;
}

int
studio_message(
    struct cli *cli, const char *path, struct span *message, struct err *err)
{
	size_t most = (size_t)cli->settings->max_message_size;
	const char *header = "X-Campaign-Id";
	const char *campaign = cli_flag(cli, "campaign");
	struct source *source;
	struct buf read, made;
	int status;

	if (source_open(path, fileno(cli->in), &source, err) < 0)
		return -1;
	status = read_crlf(cli, source, most, &read, err);
	source_close(&source);
	if (status < 0)
		return -1;
	buf_init(&made, cli->arena, most + 1024);
	if (campaign && !has_field(buf_span(&read), span_str(header)))
		buf_printf(&made, "%s: %s\r\n", header, campaign);
	if (!has_field(buf_span(&read), SPAN("Message-ID")))
		buf_str(&made, "Message-ID: <preview@localhost>\r\n");
	buf_add(&made, buf_span(&read));
	if (made.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	*message = buf_span(&made);
	return 0;
}
