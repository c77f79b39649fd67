/*
 * entry.h - one stored file as an attachment: header pieces, and which blob
 *
 * SPOOL/entries/ab/<40 hex digits>, 0440: the first 20 bytes of the SHA-256 of
 * the file itself, "ab" being its first two digits. Lines, in this order, each
 * at most once, `filename` up to once a folded line:
 *
 *	mailgraft entry 1
 *	blob <64 hex>           SHA-256 of the content
 *	checksum <32 hex>       XXH3-128 of the content
 *	size <decimal>
 *	expires <decimal>       EXPIRY_UNITs since 1970
 *	encoding base64         or: message (message/rfc822, sent as it is, LF line ends)
 *	crs <decimal>           only for message: CRs that are dropped on the way out
 *	type application/pdf    media type with its parameters, ready for Content-Type
 *	disposition attachment  or: inline
 *	filename filename*=UTF-8''Rechnung%20M%C3%A4rz.pdf
 *	cid abc@example.net     without angle brackets
 *	keep yes                only its expiry ends it: not for gc --delivered
 *	key 1a2b3c4d            the key that its token was signed with; left out: nobody knows
 *
 * The pieces were made and checked by `put`; they are 7bit, without CR, LF or
 * NUL, and are checked for that again when read.
 */
#ifndef SPOOL_ENTRY_H
#define SPOOL_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/checksum.h"
#include "spool/hmac.h"
#include "spool/spool.h"
#include "spool/token.h"

struct entry {
	uint8_t blob[SHA256_BYTES];
	uint8_t checksum[CHECKSUM_BYTES];
	uint64_t size;    /* bytes of the blob */
	uint32_t expires; /* EXPIRY_UNITs since 1970 */
	bool message;     /* message/rfc822: copied, not encoded */
	uint64_t crs;     /* for a message: CRs dropped on the way out */
	bool is_inline;
	bool keep; /* lives until it expires, whether or not it is needed */
	size_t type_len, filename_len, cid_len;
	char type[ENTRY_TYPE_MAX];
	/* parameters as they go behind "Content-Disposition: attachment;", several joined by
	 * ";\n\t" */
	char filename[ENTRY_FILENAME_MAX];
	char cid[ENTRY_CID_MAX];
	bool has_key;
	uint8_t key[KEY_ID_BYTES]; /* for people who count: a token names its key itself */
};

/*
 * Loads and parses an entry and compares the file with its name. -ENOENT: no
 * such entry. -EBADMSG: it is not what its name says, or not an entry.
 */
int entry_load(const struct spool *spool, const uint8_t id[ENTRY_ID_BYTES], struct entry *entry_r,
    struct spool_fail *why);

/* Parses an entry file's bytes. 0, or -EBADMSG. */
int entry_parse(const uint8_t *text, size_t len, struct entry *entry_r);

/* Writes the entry as its file into buf (at least ENTRY_FILE_MAX bytes). Returns the length, or
 * -EMSGSIZE. */
ssize_t entry_format(const struct entry *entry, uint8_t *buf, size_t cap);

/* The id of a formatted entry. */
void entry_id(const uint8_t *text, size_t len, uint8_t id[ENTRY_ID_BYTES]);

#endif
