/*
 * pieces.c - see pieces.h
 */
#include "cli/pieces.h"

#include <string.h>
#include <sysexits.h>

#include "mime/part-header.h"

static int
bad_piece(struct complaint *c, enum part_header bad, const char *what, const char *text)
{
	static const char *const reasons[] = {
	    [PART_HEADER_SYNTAX] = "not one",
	    [PART_HEADER_COMPOSITE] =
	        "multipart and message types cannot be stored, but message/rfc822",
	    [PART_HEADER_EMPTY] = "empty",
	    [PART_HEADER_ENCODING] = "not UTF-8; say another one with --name",
	    [PART_HEADER_CONTROL] = "control characters; say another one with --name",
	    [PART_HEADER_TOO_LONG] = "too long",
	};

	return complain(c, EX_DATAERR, "bad %s '%.100s': %s", what, text, reasons[bad]);
}

int
pieces_make(
    const struct put_request *r, struct entry *e, struct receipt *receipt, struct complaint *c)
{
	const char *name = r->name, *base;
	enum part_header bad;
	size_t len;

	if (name == NULL && r->input == NULL && strcmp(r->file, "-") != 0) {
		name = r->file;
	}
	receipt->name_len = 0;
	if (name != NULL) {
		bad = part_header_base_name(name, strlen(name), &base, &len);
		if (bad == PART_HEADER_OK && len > sizeof(receipt->name)) {
			bad = PART_HEADER_TOO_LONG;
		}
		if (bad == PART_HEADER_OK) {
			bad = part_header_filename(
			    base, len, e->filename, sizeof(e->filename), &e->filename_len);
		}
		if (bad != PART_HEADER_OK) {
			return bad_piece(c, bad, "name", name);
		}
		memcpy(receipt->name, base, len);
		receipt->name_len = len;
	}
	if (r->type != NULL) {
		bad = part_header_type(
		    r->type, strlen(r->type), e->type, sizeof(e->type), &e->type_len);
		if (bad != PART_HEADER_OK) {
			return bad_piece(c, bad, "type", r->type);
		}
	}
	if (r->cid != NULL) {
		bad = part_header_cid(r->cid, strlen(r->cid), e->cid, sizeof(e->cid), &e->cid_len);
		if (bad != PART_HEADER_OK) {
			return bad_piece(c, bad, "content id", r->cid);
		}
	}
	e->is_inline = r->is_inline;
	e->keep = r->keep;
	return 0;
}
