/*
 * entry.h - one stored file as an attachment: header pieces, and which blob
 *
 * SPOOL/entries/ab/<40 hex digits>, 0440: the first 20 bytes of the SHA-256 of
 * the file itself, "ab" being its first two digits. Lines, in this order, each
 * at most once, `name` and `filename` up to once a folded line:
 *
 *	mailgraft entry 2
 *	blob <64 hex>           SHA-256 of the content
 *	checksum <32 hex>       XXH3-128 of the content
 *	size <decimal>
 *	expires <decimal>       EXPIRY_UNITs since 1970
 *	encoding base64         or: message (message/rfc822, sent as it is, LF line ends)
 *	crs <decimal>           only for message: CRs that are dropped on the way out
 *	type application/pdf    media type with its parameters, ready for Content-Type
 *	type-from sniffed       or: given, name. Where the type was taken from
 *	name name="=?UTF-8?B?UmVjaG51bmcgTcOkcnoucGRm?="
 *	disposition attachment  or: inline
 *	filename filename*=UTF-8''Rechnung%20M%C3%A4rz.pdf
 *	cid abc@example.net     without angle brackets
 *	keep yes                it stays until it expires, also for gc --delivered
 *	key 1a2b3c4d            the key that signed its token; left out: not known
 *
 * Versions. "mailgraft entry 1" has neither `type-from` nor `name`; it is read, and an entry
 * that has neither is written as such. A program that does not know an entry's version must
 * not use it and must not refuse it for ever: the filter waits, gc removes no blob, and fsck
 * names the entry and leaves it where it is, with --repair as well. A program that knows only
 * version 1 calls a later entry damaged: its filter waits and its gc removes no blob, but its
 * `fsck --repair` would move the entry to quarantine/. So upgrade every program before `put`,
 * and do not run an old `fsck --repair` afterwards.
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

/* Where an entry's media type was taken from. */
enum entry_type_from {
	ENTRY_TYPE_UNKNOWN, /* an entry of version 1 does not say */
	ENTRY_TYPE_GIVEN,   /* given to `put`: it wins over the type that the message's author wrote
	                     */
	ENTRY_TYPE_SNIFFED, /* by libmagic, from the content */
	ENTRY_TYPE_NAMED,   /* by the extension of the file's name */
};

struct entry {
	uint8_t blob[SHA256_BYTES];
	uint8_t checksum[CHECKSUM_BYTES];
	uint64_t size;    /* bytes of the blob */
	uint32_t expires; /* EXPIRY_UNITs since 1970 */
	bool message;     /* message/rfc822: copied, not encoded */
	uint64_t crs;     /* for a message: CRs dropped on the way out */
	bool is_inline;
	bool keep; /* lives until it expires, whether or not it is needed */
	enum entry_type_from type_from;
	size_t type_len, name_len, filename_len, cid_len;
	char type[ENTRY_TYPE_MAX];
	/*
	 * The parameter `name` as it goes after "Content-Type: application/pdf;\n\t"; folded lines
	 * are joined by "\n\t". Empty where there is none, and with ENTRY_TYPE_UNKNOWN.
	 */
	char name[ENTRY_NAME_MAX];
	/* parameters as they go after "Content-Disposition: attachment;\n\t", several joined by
	 * ";\n\t" */
	char filename[ENTRY_FILENAME_MAX];
	char cid[ENTRY_CID_MAX];
	bool has_key;
	uint8_t key[KEY_ID_BYTES]; /* for people who count: a token names its key itself */
};

/*
 * Loads and parses an entry and compares the file with its name. -ENOENT: no
 * such entry. -EBADMSG: it is not what its name says, or not an entry. -EPROTONOSUPPORT: it
 * is of a version that this program does not know.
 */
int entry_load(const struct spool *spool, const uint8_t id[ENTRY_ID_BYTES], struct entry *entry_r,
    struct spool_fail *why);

/* Parses an entry file's bytes. 0, -EBADMSG, or -EPROTONOSUPPORT. */
int entry_parse(const uint8_t *text, size_t len, struct entry *entry_r);

/* Writes the entry as its file into buf (at least ENTRY_FILE_MAX bytes). Returns the length, or
 * -EMSGSIZE. A name without a source of the type is left out. */
ssize_t entry_format(const struct entry *entry, uint8_t *buf, size_t cap);

/* The id of a formatted entry. */
void entry_id(const uint8_t *text, size_t len, uint8_t id[ENTRY_ID_BYTES]);

#endif
