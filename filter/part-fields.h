/*
 * part-fields.h - the fields of an attachment's part that depend on two: on what the author of the
 * message wrote, and on what `put` knew (DESIGN.md, Header of a part)
 *
 * Content-Type, Content-Transfer-Encoding, Content-Disposition and Content-ID. An appended
 * attachment has no author.
 *
 * Not here: which other fields of the author stay (rewrite.h); reading and writing names
 * (mime/name.h)
 */
#ifndef FILTER_PART_FIELDS_H
#define FILTER_PART_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/sink.h"
#include "mime/content.h"
#include "mime/entity.h"
#include "mime/header.h"
#include "spool/entry.h"

/* What the author wrote. Each field stands once: the planner has seen to that. */
struct part_author {
	bool has_type, has_disposition, has_id;
	struct field type, disposition;
	struct content type_content, disposition_content;
};

/* Reads a replaced part's header. */
void part_author_read(const uint8_t *header, size_t len, struct part_author *author_r);

/* Nobody, for an appended attachment. */
void part_author_none(struct part_author *author_r);

/* Writes the fields; `parent` is the kind of the multipart around the part. */
void part_fields_write(struct sink *s, const struct part_author *author, const struct entry *entry,
    enum scan_kind parent);

#endif
