/*
 * receipt.c - see receipt.h
 */
#include "cli/receipt.h"

#include <stdio.h>

#include "cli/json.h"

void
receipt_print(const struct receipt *r, bool json)
{
	char header[sizeof("Graft-Attach: ") + TOKEN_CHARS],
	    marker[sizeof("((graft:))") + TOKEN_CHARS];
	int first = 1, header_len, marker_len;

	if (!json) {
		puts(r->token);
		return;
	}
	header_len = snprintf(header, sizeof(header), "Graft-Attach: %s", r->token);
	marker_len = snprintf(marker, sizeof(marker), "((graft:%s))", r->token);
	json_text(stdout, &first, "token", r->token, TOKEN_CHARS);
	json_text(stdout, &first, "marker", marker, (size_t)marker_len);
	json_text(stdout, &first, "header", header, (size_t)header_len);
	json_text(stdout, &first, "digest", r->digest, sizeof(r->digest) - 1);
	json_number(stdout, &first, "size", r->size);
	json_text(stdout, &first, "type", r->type, r->type_len);
	json_text(stdout, &first, "name", r->name, r->name_len);
	json_number(stdout, &first, "expires", r->expires);
	puts("}");
}
