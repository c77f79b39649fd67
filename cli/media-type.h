/*
 * media-type.h - the media type with which stored content is sent
 *
 * Sets an entry's type and encoding. Nothing here fails: if libmagic finds no type it is
 * application/octet-stream, which is no reason to hold back a whole group.
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
 * The type of the content of `fd`. The entry has its size. `eight_bit`: it has bytes over 0x7f;
 * libmagic looks at the beginning only and may not know.
 */
void media_type_find(struct sniff *sniff, int fd, bool eight_bit, struct entry *entry);

/*
 * A message/rfc822 goes out unchanged, without base64 and without this number of CRs, or else with
 * another type (RFC 2046 5.2.1). All other types stay.
 */
void media_type_settle(struct entry *entry, bool message, uint64_t crs);

#endif
