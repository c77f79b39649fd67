/*
 * tree.c - see tree.h
 */
#include "mime/tree.h"

#include <gmime/gmime.h>
#include <unistd.h>

#include "mime/gmime-start.h"

struct visit {
	void (*part)(void *arg, const struct tree_part *p);
	void *arg;
};

static int64_t
decoded_size(GMimeObject *object)
{
	GMimeDataWrapper *content;
	GMimeStream *null;
	int64_t size = 0;

	if (!GMIME_IS_PART(object)) {
		return -1;
	}
	content = g_mime_part_get_content(GMIME_PART(object));
	if (content != NULL) {
		null = g_mime_stream_null_new();
		size = g_mime_data_wrapper_write_to_stream(content, null);
		g_object_unref(null);
	}
	return size;
}

static void
visit(GMimeObject *object, size_t depth, const struct visit *w)
{
	GMimeContentDisposition *disposition = g_mime_object_get_content_disposition(object);
	char *type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(object));
	struct tree_part p = {
	    .depth = depth,
	    .type = type,
	    .disposition = disposition == NULL
	        ? NULL
	        : g_mime_content_disposition_get_disposition(disposition),
	    .filename = GMIME_IS_PART(object) ? g_mime_part_get_filename(GMIME_PART(object)) : NULL,
	    .cid = g_mime_object_get_content_id(object),
	    .size = decoded_size(object),
	};

	w->part(w->arg, &p);
	g_free(type);
	if (GMIME_IS_MULTIPART(object)) {
		GMimeMultipart *multipart = GMIME_MULTIPART(object);

		for (int i = 0; i < g_mime_multipart_get_count(multipart); i++) {
			visit(g_mime_multipart_get_part(multipart, i), depth + 1, w);
		}
	}
}

int
tree_walk(int fd, void (*part)(void *arg, const struct tree_part *p), void *arg)
{
	struct visit w = {.part = part, .arg = arg};
	GMimeStream *stream;
	GMimeParser *parser;
	GMimeMessage *message;

	gmime_start();
	stream = g_mime_stream_fs_new_with_bounds(fd, 0, -1);
	g_mime_stream_fs_set_owner(GMIME_STREAM_FS(stream), FALSE);
	parser = g_mime_parser_new_with_stream(stream);
	message = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	if (message == NULL) {
		return -1;
	}
	if (g_mime_message_get_mime_part(message) != NULL) {
		visit(g_mime_message_get_mime_part(message), 0, &w);
	}
	g_object_unref(message);
	return 0;
}
