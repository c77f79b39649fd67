/*
 * tree.h - the part tree of a message as an independent parser sees it (GMime)
 *
 * For people: `preview` shows it before and after. Not used by the filter.
 */
#ifndef MIME_TREE_H
#define MIME_TREE_H

#include <stddef.h>
#include <stdint.h>

struct tree_part {
	size_t depth;            /* 0 for the root */
	const char *type;        /* "text/plain" */
	const char *disposition; /* "attachment"; NULL: none */
	const char *filename;    /* decoded, UTF-8; NULL: none */
	const char *cid;         /* NULL: none */
	int64_t size;            /* decoded bytes of a leaf; -1 for a multipart */
};

/*
 * Parses the message on a descriptor, from offset 0, and calls `part` for each
 * part, parents first. The strings are good during the call. 0, or -1 where
 * GMime finds no message.
 */
int tree_walk(int fd, void (*part)(void *arg, const struct tree_part *p), void *arg);

#endif
