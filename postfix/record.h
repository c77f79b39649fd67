/*
 * record.h - a queue file of Postfix as the records that it consists of
 *
 * Postfix 2.x and 3.x: a type, a length, bytes (rec_type(3h) and record(3) in its source). A
 * pointer record, which a milter's edit leaves, is followed here; the caller never sees one.
 *
 * Owns:    nothing; the descriptor is the caller's
 * Errors:  -EBADMSG: this is no queue file, or one that is cut off. Other -errno: reading failed
 */
#ifndef POSTFIX_RECORD_H
#define POSTFIX_RECORD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "postfix/limits.h"

/* The types that matter here. Others are passed over by who reads. */
enum record_type {
	RECORD_SIZE = 'C', /* the first */
	RECORD_TIME = 'T', /* "seconds microseconds" of the arrival */
	RECORD_SENDER = 'S',
	RECORD_RECIPIENT = 'R', /* still to be served */
	RECORD_DONE = 'D',      /* a recipient who is served */
	RECORD_MESSAGE = 'M',   /* the message begins */
	RECORD_LINE = 'N',      /* a line, or the end of a long one */
	RECORD_PART = 'L',      /* a part of a long line */
	RECORD_EXTRACTED = 'X', /* the message is over; more recipients may follow */
	RECORD_POINTER = 'p',
	RECORD_END = 'E',
};

struct record_reader {
	int fd;
	off_t at; /* where the next record begins in the file */
	unsigned jumps;
	off_t from; /* what is in `buffer` begins here in the file */
	size_t held;
	uint8_t buffer[POSTFIX_RECORD_MAX + 16];
};

/* Starts at the beginning of an open queue file. */
void record_begin(struct record_reader *r, int fd);

/*
 * The next record: its type, and where its bytes stand until the next call. 0 after RECORD_END or
 * at the end of the file: which of the two, *type_r says (0 at the end of the file).
 */
int record_next(struct record_reader *r, int *type_r, const uint8_t **bytes_r, size_t *len_r);

#endif
