#include "tools/message/message_file.h"

#include "milter/former_header.h"
#include "milter/mail/message.h"
#include "milter/settings.h"
#include "store/base/buf.h"
#include "tools/input/input_stream.h"
#include "tools/input/line_ends.h"

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
	struct buf bytes;

	buf_init(&bytes, cli->arena, most);
	if (input_stream_read_whole(
		path, fileno(cli->in), &bytes, ERR_SIZE, err) < 0)
		return -1;
	request->message = buf_span(&bytes);
	request->campaign = span_str(campaign ? campaign : "");
	request->campaign_header = span_str(cli->settings->campaign_header);
	request->message_id = SPAN("<preview@localhost>");
	if (!has_lf_only(request->message))
		return 0;
	return line_ends_crlf(
		   request->message, cli->arena, &request->message, err) < 0
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
