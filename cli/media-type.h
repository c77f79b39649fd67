/*
 * media-type.h - the media type with which stored content is sent
 *
 * Sets an entry's type and encoding. Nothing here fails: if nobody can tell the type it is
 * application/octet-stream, which is no reason to hold back a whole group.
 *
 * Not here: a type that was asked for (mime/part-header.h); what the author of a message writes
 * (filter/part-fields.h)
 */
#ifndef CLI_MEDIA_TYPE_H
#define CLI_MEDIA_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "mime/charset.h"
#include "spool/entry.h"
#include "spool/extension.h"
#include "spool/sniff.h"

/* What is known of a file. */
struct media_facts {
	int fd;               /* its content */
	enum charset charset; /* of all of it, if it is text: CHARSET_ASCII, _UTF8, or _UNKNOWN */
	const char *name;
	size_t name_len; /* 0: it has none */
};

/*
 * The type of a file whose size the entry has: what libmagic says, or, where that is no more than
 * "some text" or "some bytes", what the name's extension stands for. A charset is stated where it
 * is certain: US-ASCII, UTF-8, UTF-16 with a byte order mark. The extensions may be NULL.
 */
void media_type_find(struct sniff *sniff, struct extensions *extensions,
    const struct media_facts *facts, struct entry *entry);

/*
 * A message/rfc822 goes out unchanged, without base64 and without this number of CRs, or else with
 * another type (RFC 2046 5.2.1). All other types stay.
 */
void media_type_settle(struct entry *entry, bool message, uint64_t crs);

#endif
