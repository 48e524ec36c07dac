#include "tools/message/message_file.h"

#include "milter/former_header.h"
#include "milter/mail/message.h"
#include "milter/settings.h"
#include "store/base/buf.h"
#include "tools/input/input_stream.h"

static int
read_all(struct input_stream *source, size_t most, struct buf *bytes,
    struct err *err)
{
	char chunk[16384];
	ssize_t got;

	while ((got = input_stream_read(source, chunk, sizeof(chunk), err)) > 0)
		buf_add(bytes, span_of(chunk, (size_t)got));
	if (got < 0)
		return -1;
	if (bytes->failed)
		return err_at(err, ERR_SIZE, input_stream_name(source), 0, 0,
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
message_file_read(struct cli *cli, const char *path,
    struct personalise_request *request, struct err *err)
{
	size_t most = (size_t)cli->settings->max_message_size;
	const char *campaign = cli_flag(cli, "campaign");
	struct input_stream *source;
	struct buf bytes;
	int status;

	if (input_stream_open(path, fileno(cli->in), &source, err) < 0)
		return -1;
	buf_init(&bytes, cli->arena, most);
	status = read_all(source, most, &bytes, err);
	input_stream_close(&source);
	if (status < 0)
		return -1;
	request->message = buf_span(&bytes);
	request->campaign = span_str(campaign ? campaign : "");
	request->campaign_header = span_str(cli->settings->campaign_header);
	request->message_id = SPAN("<preview@localhost>");
	if (!has_lf_only(request->message))
		return 0;
	return to_crlf(request->message, cli->arena, &request->message, err) < 0
		   ? -1
		   : 1;
}

int
message_file_campaign(struct cli *cli,
    const struct personalise_request *request, struct span *id, struct err *err)
{
	const struct header_field *field;
	struct message *message;

	if (message_parse(request->message, &MESSAGE_LIMITS, cli->arena,
		&message, err) < 0)
		return -1;
	field = message_field(message, request->campaign_header, 1);
	if (!field) {
		*id = request->campaign;
		if (id->len == 0 &&
		    message_field(message, SPAN(FORMER_HEADER), 1))
			fprintf(cli->errors,
			    "inlay: " FORMER_HEADER
			    " makes no campaign mail any more; %.*s does\n",
			    SPAN_ARG(request->campaign_header));
		return id->len != 0;
	}
	return field_unfold(field, cli->arena, id, err) < 0 ? -1 : 1;
}
