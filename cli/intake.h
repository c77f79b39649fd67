/*
 * intake.h - from what was asked (a file, a name, a type …) to a token
 *
 * For `put` in all its forms. Requests are taken in and added to a group, which is
 * committed as one; then each has a receipt.
 *
 * Owns:    the opened spool and its writer; a group its files, libmagic, receipts
 * Returns: 0, or -1 with *c filled in. A request that failed leaves the group
 *          as it was; a commit that failed empties it
 * Threads: one may commit a group while another adds to another group
 */
#ifndef CLI_INTAKE_H
#define CLI_INTAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/complaint.h"
#include "cli/input.h"
#include "spool/store.h"

struct request {
	const char *file; /* how the source is called; "-": standard input */
	const char *name; /* NULL: the file's */
	const char *type; /* NULL: what libmagic says */
	const char *cid;  /* NULL: none */
	const char *to;   /* NULL: bound to nobody */
	uint64_t expires; /* seconds from now */
	bool is_inline;
	bool keep;    /* until it expires, also when it is delivered */
	bool reflink; /* share the file's blocks where the file system can */
	/* the file itself becomes the blob where it can; where not, that is said once on stderr */
	bool take_over;
	bool move;           /* and with take_over its name is for intake_remove_moved */
	const char *scanner; /* NULL, or a command that must pass the content */
	struct input *input; /* not NULL: the content are the next `bytes` of it */
	uint64_t bytes;
};

struct receipt {
	char token[TOKEN_CHARS + 1];
	char digest[SHA256_BYTES * 2 + 1];
	uint64_t size;
	uint64_t expires; /* seconds since 1970 */
	size_t type_len, name_len;
	char type[ENTRY_TYPE_MAX];
	char name[NAME_MAX_BYTES];
};

struct intake;
struct intake_group;

int intake_open(const char *spool, struct intake **intake_r, struct complaint *c);
void intake_close(struct intake **intake);

int intake_group_new(
    const struct intake *intake, struct intake_group **group_r, struct complaint *c);
void intake_group_free(struct intake_group **group);

/* Stores the content, without a name; then adds it to a group, which must not be full. */
int intake_take(struct intake *intake, const struct request *request, struct complaint *c);
int intake_add(struct intake *intake, struct intake_group *group, const struct request *request,
    struct complaint *c);
/* Of the request that was added last. */
uint64_t intake_last_size(const struct intake_group *group);
bool intake_full(const struct intake_group *group);
size_t intake_pending(const struct intake_group *group);
/* Tells types, writes entries, makes all of it durable, makes the tokens. */
int intake_commit(struct intake_group *group, struct complaint *c);

/* For when the answers are out: removes the names of what was moved. -1: not all; *c is of the
 * first. */
int intake_remove_moved(struct intake_group *group, struct complaint *c);

/* Of the last commit, in the order of the requests. */
const struct receipt *intake_receipt(const struct intake_group *group, size_t i);

/* One line on stdout: the token, or the JSON object. */
void receipt_print(const struct receipt *receipt, bool json);

#endif
