/*
 * content.h - a file's content on its way into the spool
 *
 * Returns: 0, or -1 with *c filled in
 * Not here: opening the source (source.h), the entry (intake.h)
 */
#ifndef CLI_CONTENT_H
#define CLI_CONTENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "cli/complaint.h"
#include "cli/progress.h"
#include "cli/request.h"
#include "mime/charset.h"
#include "spool/store.h"

/* Where the content goes, piece by piece. */
struct content_sink {
	const char *path; /* the spool's */
	struct spool *spool;
	struct store *store;
	struct progress *progress; /* may be NULL */
	bool said_copied;          /* the reason why a file is not taken over was printed */
	uint8_t chunk[READ_CHUNK];
};

/* What we learned about the content while we stored it. */
struct content_facts {
	struct store_content stored;
	enum charset charset; /* what all of it is, if it is text; CHARSET_UNKNOWN: not certain */
	bool message;         /* it may go out as message/rfc822, without this number of CRs */
	uint64_t crs;
	bool taken; /* the file itself became the blob; this was its state */
	struct stat st;
};

/*
 * Stores the content that the request names, without a name in the spool: as the file itself, as a
 * clone, or byte by byte; then lets the scanner see it. After a failure the caller calls
 * store_abandon().
 */
int content_store(struct content_sink *sink, const struct put_request *request,
    struct content_facts *facts_r, struct complaint *c);

#endif
