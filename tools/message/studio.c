#include "tools/message/studio.h"

#include "milter/mail/message.h"
#include "milter/settings.h"
#include "store/base/buf.h"
#include "tools/input/source.h"

static int
open_personaliser(struct cli *cli, struct studio *studio, struct err *err)
{
	const struct settings *settings = studio->settings;
	const struct personalise_options options = {
		.tenant = cli->tenant,
		.cache_bytes = settings->cache_size,
		.part_max = settings->max_part_size,
		.steps_max = settings->render_steps,
		.depth_max = (unsigned)settings->render_depth,
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
read_all(struct source *source, size_t most, struct buf *bytes, struct err *err)
{
	char chunk[16384];
	ssize_t got;

	while ((got = source_read(source, chunk, sizeof(chunk), err)) > 0)
		buf_add(bytes, span_of(chunk, (size_t)got));
	if (got < 0)
		return -1;
	if (bytes->failed)
		return err_at(err, ERR_SIZE, source_name(source), 0, 0,
		    "larger than %zu bytes", most);
	return 0;
}

static int
to_crlf(struct span lines, struct arena *arena, struct span *message,
    struct err *err)
{
	struct buf made;

	buf_init(&made, arena, 2 * lines.len);
	while (lines.len != 0) {
		size_t end = span_find(lines, '\n');

		buf_add(&made, span_first(lines, end));
		if (end < lines.len)
			buf_str(&made, "\r\n");
		lines = span_from(lines, end + 1);
	}
	if (made.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	*message = buf_span(&made);
	return 0;
}

/* One CRLF, and bare LFs are what the sender sent. */
static bool
has_lf_only(struct span bytes)
{
	return span_find(bytes, '\n') < bytes.len &&
	       span_search(bytes, SPAN("\r\n")) == bytes.len;
}

int
studio_message(struct cli *cli, const char *path,
    struct personalise_request *request, struct err *err)
{
	size_t most = (size_t)cli->settings->max_message_size;
	const char *campaign = cli_flag(cli, "campaign");
	struct source *source;
	struct buf bytes;
	int status;

	if (source_open(path, fileno(cli->in), &source, err) < 0)
		return -1;
	buf_init(&bytes, cli->arena, most);
	status = read_all(source, most, &bytes, err);
	source_close(&source);
	if (status < 0)
		return -1;
	request->message = buf_span(&bytes);
	request->campaign = span_str(campaign ? campaign : "");
	request->message_id = SPAN("<preview@localhost>");
	if (!has_lf_only(request->message))
		return 0;
	return to_crlf(request->message, cli->arena, &request->message, err) < 0
		   ? -1
		   : 1;
}

int
studio_campaign(struct cli *cli, const struct personalise_request *request,
    struct span *id, struct err *err)
{
	const struct header_field *field;
	struct message *message;

	if (message_parse(request->message, &MESSAGE_LIMITS, cli->arena,
		&message, err) < 0)
		return -1;
	field = message_field(message, SPAN("X-Campaign-Id"), 1);
	if (!field) {
		*id = request->campaign;
		return id->len != 0;
	}
	return field_unfold(field, cli->arena, id, err) < 0 ? -1 : 1;
}
