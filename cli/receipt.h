/*
 * receipt.h - the answer to a request
 */
#ifndef CLI_RECEIPT_H
#define CLI_RECEIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/limits.h"
#include "mime/limits.h"
#include "spool/entry.h"
#include "spool/token.h"

struct receipt {
	char token[TOKEN_CHARS + 1];
	char digest[SHA256_BYTES * 2 + 1];
	uint64_t size;    /* bytes */
	uint64_t expires; /* seconds since 1970 */
	size_t type_len, name_len;
	char type[ENTRY_TYPE_MAX];
	char name[NAME_BYTES_MAX];
};

/* One line on stdout: the token, or the JSON object. */
void receipt_print(const struct receipt *receipt, bool json);

#endif
