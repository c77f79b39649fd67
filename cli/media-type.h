/*
 * media-type.h - as what a stored content is sent
 *
 * Sets an entry's type and encoding. Nothing here fails: what libmagic cannot
 * tell is application/octet-stream, and no reason to keep back a whole group.
 *
 * Not here: a type that was asked for (mime/part-header.h)
 */
#ifndef CLI_MEDIA_TYPE_H
#define CLI_MEDIA_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/entry.h"
#include "spool/sniff.h"

/*
 * The type of what `fd` reads, whose size the entry has. `eight_bit`: there
 * are bytes over 0x7f, whatever libmagic says, which looks at the beginning only.
 */
void media_type_find(struct sniff *sniff, int fd, bool eight_bit, struct entry *entry);

/*
 * A message/rfc822 goes out as it is, without base64 and less so many CRs, or it
 * goes out as something else (RFC 2046 5.2.1). Any other type stays.
 */
void media_type_settle(struct entry *entry, bool message, uint64_t crs);

#endif
