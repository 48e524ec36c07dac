#include "milter/intake.h"

#include "milter/former_header.h"

/* An envelope address without its angle brackets. */
static int
take_address(struct intake *intake, const char *text, struct span *address)
{
	struct span bare = span_str(text);

	if (bare.len >= 2 && bare.at[0] == '<' && bare.at[bare.len - 1] == '>')
		bare = span_of(bare.at + 1, bare.len - 2);
	return arena_dup(intake->arena, bare, address);
}

void
intake_begin(struct intake *intake, struct span campaign_header,
    struct arena *arena, size_t size_max, const char *sender)
{
	*intake = (struct intake){ .size_max = size_max,
		.campaign_header = campaign_header,
		.arena = arena };
	intake->out_of_memory =
	    intake->arena == NULL ||
	    take_address(intake, sender, &intake->sender) < 0;
	if (intake->arena != NULL)
		buf_init(&intake->bytes, intake->arena, size_max);
}

void
intake_watch(struct intake *intake, struct span campaign_header)
{
	*intake = (struct intake){ .campaign_header = campaign_header };
}

int
intake_recipient(struct intake *intake, const char *recipient)
{
	if (intake->arena == NULL ||
	    take_address(intake, recipient, &intake->recipient) < 0)
		return -1;
	intake->has_recipient = true;
	return 0;
}

bool
intake_oversize(const struct intake *intake)
{
	return intake->size > intake->size_max;
}

static void
gather(struct intake *intake, struct span bytes)
{
	intake->size += bytes.len;
	if (intake->arena == NULL || intake_oversize(intake) ||
	    intake->out_of_memory)
		return;
	buf_add(&intake->bytes, bytes);
	intake->out_of_memory = intake->bytes.failed;
}

static void
gather_value(struct intake *intake, struct span value)
{
	while (value.len != 0) {
		size_t end = span_find(value, '\n');
		bool ended = end < value.len;
		bool has_cr = ended && end != 0 && value.at[end - 1] == '\r';

		gather(intake, span_first(value, has_cr ? end - 1 : end));
		if (ended)
			gather(intake, SPAN("\r\n"));
		value = span_from(value, end + 1);
	}
}

/* Only the log wants it: a message that has it twice is refused anyway. */
static void
note_message_id(struct intake *intake, struct span value)
{
	if (intake->arena != NULL && intake->message_id.len == 0 &&
	    arena_dup(intake->arena, span_trim(value), &intake->message_id) < 0)
		intake->message_id = SPAN_NONE;
}

void
intake_field(
    struct intake *intake, struct span name, struct span value, bool blank)
{
	if (span_caseeq(span_trim(name), intake->campaign_header))
		intake->has_campaign = true;
	else if (span_caseeq(span_trim(name), SPAN(FORMER_HEADER)))
		intake->has_former = true;
	else if (span_caseeq(span_trim(name), SPAN("Message-ID")))
		note_message_id(intake, value);
	gather(intake, name);
	gather(intake, blank ? SPAN(": ") : SPAN(":"));
	gather_value(intake, value);
	gather(intake, SPAN("\r\n"));
}

void
intake_header_end(struct intake *intake)
{
	if (intake->in_body)
		return;
	intake->in_body = true;
	if (intake->has_campaign) {
		gather(intake, SPAN("\r\n"));
		return;
	}
	intake->message_id = SPAN_NONE;
	arena_free(&intake->arena);
}

void
intake_body(struct intake *intake, struct span chunk)
{
	if (intake->has_campaign)
		gather(intake, chunk);
	else
		intake->size += chunk.len;
}

void
intake_end(struct intake *intake)
{
	arena_free(&intake->arena);
	*intake = (struct intake){ .arena = NULL };
}
