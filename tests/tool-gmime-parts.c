/*
 * tool-gmime-parts.c - for tests/e2e-parsers: the parts of messages as GMime sees them
 *
 *	tool-gmime-parts < PATHS
 *
 * Reads paths, one a line. Writes for each message its leaves, one a line: type, name and decoded
 * body, each in base64, separated by tabs. A dot on a line ends a message.
 */
#include <fcntl.h>
#include <gmime/gmime.h>
#include <stdio.h>
#include <string.h>

static void
put_base64(const void *p, size_t len, char end)
{
	gchar *text = g_base64_encode(p, len);

	printf("%s%c", text, end);
	g_free(text);
}

static void
put_leaf(GMimeObject *o)
{
	GMimeContentType *type = g_mime_object_get_content_type(o);
	char *word = g_mime_content_type_get_mime_type(type);
	GMimeStream *body = g_mime_stream_mem_new();
	const char *name = NULL;
	GByteArray *bytes;

	if (GMIME_IS_PART(o)) {
		GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(o));

		name = g_mime_part_get_filename(GMIME_PART(o));
		if (content != NULL) {
			g_mime_data_wrapper_write_to_stream(content, body);
		}
	}
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(body));
	put_base64(word, strlen(word), '\t');
	put_base64(name != NULL ? name : "", name != NULL ? strlen(name) : 0, '\t');
	put_base64(bytes->data, bytes->len, '\n');
	g_object_unref(body);
	g_free(word);
}

/* As deep as GMime itself reads: it has read the message by recursion, too. */
static void
put_leaves(GMimeObject *o)
{
	if (GMIME_IS_MESSAGE_PART(o)) {
		GMimeMessage *m = g_mime_message_part_get_message(GMIME_MESSAGE_PART(o));

		if (m != NULL && g_mime_message_get_mime_part(m) != NULL) {
			put_leaves(g_mime_message_get_mime_part(m));
			return;
		}
	}
	if (GMIME_IS_MULTIPART(o) && g_mime_multipart_get_count(GMIME_MULTIPART(o)) > 0) {
		for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(o)); i++) {
			put_leaves(g_mime_multipart_get_part(GMIME_MULTIPART(o), i));
		}
		return;
	}
	put_leaf(o);
}

static int
put_message(const char *path)
{
	GMimeStream *stream = g_mime_stream_file_open(path, "r", NULL);
	GMimeParser *parser;
	GMimeMessage *message;

	if (stream == NULL) {
		fprintf(stderr, "tool-gmime-parts: cannot open %s\n", path);
		return -1;
	}
	parser = g_mime_parser_new_with_stream(stream);
	message = g_mime_parser_construct_message(parser, NULL);
	if (message != NULL) {
		if (g_mime_message_get_mime_part(message) != NULL) {
			put_leaves(g_mime_message_get_mime_part(message));
		}
		g_object_unref(message);
	}
	g_object_unref(parser);
	g_object_unref(stream);
	puts(".");
	return 0;
}

int
main(void)
{
	char path[4096];

	g_mime_init();
	while (fgets(path, sizeof(path), stdin) != NULL) {
		path[strcspn(path, "\n")] = '\0';
		if (put_message(path) < 0) {
			return 66;
		}
	}
	g_mime_shutdown();
	return 0;
}
