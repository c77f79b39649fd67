/*
 * pieces.c - see pieces.h
 */
#include "cli/pieces.h"

#include <string.h>
#include <sysexits.h>

#include "mime/name.h"
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

static int
make_type(const struct put_request *r, struct entry *e, struct complaint *c)
{
	enum part_header bad;

	if (r->type == NULL) {
		return 0;
	}
	bad = part_header_type(r->type, strlen(r->type), e->type, sizeof(e->type), &e->type_len);
	if (bad != PART_HEADER_OK) {
		return bad_piece(c, bad, "type", r->type);
	}
	e->type_from = ENTRY_TYPE_GIVEN;
	return 0;
}

/* The name: said, or said with the type, or the file's. `*said_r` is what it was taken from. */
static enum part_header
find_name(const struct put_request *r, char *out, size_t cap, size_t *len_r, const char **said_r)
{
	*len_r = 0;
	*said_r = r->name;
	if (r->name == NULL && r->type != NULL) {
		enum part_header bad = part_header_type_name(
		    r->type, strlen(r->type), out, cap, len_r);

		*said_r = r->type;
		if (bad != PART_HEADER_OK || *len_r > 0) {
			return bad != PART_HEADER_OK
			    ? bad
			    : part_header_file_name(out, *len_r, out, cap, len_r);
		}
	}
	if (r->name == NULL) {
		if (r->input != NULL || strcmp(r->file, "-") == 0) {
			return PART_HEADER_OK;
		}
		*said_r = r->file;
	}
	return part_header_file_name(*said_r, strlen(*said_r), out, cap, len_r);
}

static enum part_header
write_name(struct entry *e, struct receipt *receipt)
{
	struct name n;

	if (!name_from_utf8(receipt->name, receipt->name_len, &n)) {
		return PART_HEADER_EMPTY;
	}
	receipt->name_len = n.len;
	memcpy(receipt->name, n.bytes, n.len);
	e->filename_len = name_write_filename(&n, e->filename, sizeof(e->filename));
	e->name_len = name_write_name(&n, e->name, sizeof(e->name));
	return e->filename_len == 0 || e->name_len == 0 ? PART_HEADER_TOO_LONG : PART_HEADER_OK;
}

static int
make_name(
    const struct put_request *r, struct entry *e, struct receipt *receipt, struct complaint *c)
{
	const char *said;
	enum part_header bad = find_name(
	    r, receipt->name, sizeof(receipt->name), &receipt->name_len, &said);

	if (bad == PART_HEADER_OK && receipt->name_len > 0) {
		bad = write_name(e, receipt);
	}
	if (bad != PART_HEADER_OK) {
		return bad_piece(c, bad, "name", said);
	}
	return 0;
}

int
pieces_make(
    const struct put_request *r, struct entry *e, struct receipt *receipt, struct complaint *c)
{
	enum part_header bad;

	if (make_name(r, e, receipt, c) != 0 || make_type(r, e, c) != 0) {
		return -1;
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
