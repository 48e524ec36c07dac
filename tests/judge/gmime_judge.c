/*
 * An independent reader: prints what GMime makes of each message named on
 * standard input, one line per part, for judge.py to compare.
 *
 *     = FILE
 *     DEPTH TYPE CHARSET BASE64-OF-THE-DECODED-CONTENT
 */
#include <gmime/gmime.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 200

static void
print_content(GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *stream = g_mime_stream_mem_new();
	GByteArray *bytes;
	char *text;

	if (content != NULL)
		g_mime_data_wrapper_write_to_stream(content, stream);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	text = g_base64_encode(bytes->data, bytes->len);
	printf(" %s\n", text);
	g_free(text);
	g_object_unref(stream);
}

static void
print_part(GMimeObject *object, int depth)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	const char *charset =
	    g_mime_object_get_content_type_parameter(object, "charset");
	char *name = g_mime_content_type_get_mime_type(type);

	printf("%d %s", depth, name);
	g_free(name);
	if (GMIME_IS_PART(object)) {
		printf(" %s", charset && *charset ? charset : "-");
		print_content(GMIME_PART(object));
		return;
	}
	printf(" -\n");
	if (depth > DEPTH_MAX)
		return;
	if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *message =
		    g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));

		if (message != NULL && message->mime_part != NULL)
			print_part(message->mime_part, depth + 1);
		return;
	}
	if (!GMIME_IS_MULTIPART(object))
		return;
	for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(object));
	     i++)
		print_part(
		    g_mime_multipart_get_part(GMIME_MULTIPART(object), i),
		    depth + 1);
}

static void
judge(const char *path)
{
	GMimeStream *stream = g_mime_stream_fs_open(path, 0, 0, NULL);
	GMimeParser *parser;
	GMimeMessage *message;

	printf("= %s\n", path);
	if (stream == NULL)
		return;
	parser = g_mime_parser_new_with_stream(stream);
	message = g_mime_parser_construct_message(parser, NULL);
	if (message != NULL) {
		if (message->mime_part != NULL)
			print_part(message->mime_part, 0);
		g_object_unref(message);
	}
	g_object_unref(parser);
	g_object_unref(stream);
}

int
main(void)
{
	char path[4096];

	g_mime_init();
	while (fgets(path, sizeof path, stdin) != NULL) {
		path[strcspn(path, "\n")] = '\0';
		judge(path);
	}
	g_mime_shutdown();
	return 0;
}
