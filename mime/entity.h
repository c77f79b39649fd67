/*
 * entity.h - what an entity's header says about its body (RFC 2045, RFC 2046)
 *
 * Used by the scanner; apart from it because it is all about meaning.
 */
#ifndef MIME_ENTITY_H
#define MIME_ENTITY_H

#include "mime/scan.h"

/*
 * Reads a whole header. `in_digest`: the entity is a child of a
 * multipart/digest, whose children are message/rfc822 by default. Fills *e but
 * for serial and child, and, for a multipart, the boundary of *open. Returns -1,
 * or the scan_refusal.
 */
int entity_read(const uint8_t *header, size_t len, bool in_digest, struct scan_entity *e,
    struct scan_open *open);

#endif
