/*
 * fail.h - what failed, of the spool or of the system under it
 *
 * A function that can fail returns -errno, and fills in a struct spool_fail where
 * it fails: which of our checks said no, or which system call failed, and on which
 * object. Code decides by `check` and `error`; `call` is only for people. Nothing is
 * allocated and nothing is logged: the program that asked makes the sentence.
 */
#ifndef SPOOL_FAIL_H
#define SPOOL_FAIL_H

#include "spool/limits.h"

/* Each check of ours: its name, and the word for it in a sentence. */
#define FAIL_CHECKS(X) \
	/* the process may not write: it is neither the spool's owner nor root (EACCES) */ \
	X(FAIL_WRITER, "owner") \
	/* a file of neither the spool's owner nor root (EPERM) */ \
	X(FAIL_OWNER, "owner") \
	/* a file that others may write, or a key that others may read (EPERM) */ \
	X(FAIL_MODE, "mode") \
	/* not a regular file (EPERM), or not a folder (ENOTDIR) */ \
	X(FAIL_TYPE, "type") \
	/* a file is larger than its kind may be (EFBIG), or not as long as it was (ESTALE) */ \
	X(FAIL_SIZE, "size") \
	/* the file of a key, an entry or the spool is not what it should be (EBADMSG, \
	 * EPROTONOSUPPORT); or there is one where none should be (EEXIST) */ \
	X(FAIL_FORMAT, "format") \
	/* SPOOL/format is what is left of ours (EPROTONOSUPPORT) */ \
	X(FAIL_DAMAGE, "damage") \
	/* an entry is not what its name says (EBADMSG) */ \
	X(FAIL_DIGEST, "digest") \
	/* a blob or an entry has other bytes than the one that is to be stored (EBADMSG) */ \
	X(FAIL_CONTENT, "content") \
	/* a piece of an entry is not what entry.h allows (EINVAL) */ \
	X(FAIL_PIECE, "entry") \
	/* the process may not give a file to the spool's group (EPERM) */ \
	X(FAIL_GROUP, "fchown") \
	/* no key may sign (ENOKEY), or the one that should is revoked (EKEYREVOKED) */ \
	X(FAIL_KEY, "key") \
	/* a revoked key stays so (EPERM) */ \
	X(FAIL_STATE, "state") \
	/* more keys or ids than there may be (E2BIG) */ \
	X(FAIL_COUNT, "count") \
	/* the spool would have more bytes than it may have (EDQUOT) */ \
	X(FAIL_TOTAL, "total") \
	/* nobody has counted the spool's bytes (ENODATA) */ \
	X(FAIL_USED, "used") \
	/* another gc or fsck is running (EAGAIN) */ \
	X(FAIL_SWEEP, "sweep") \
	/* the clock is days off what the spool has seen (ETIME); object: "ahead", "behind" */ \
	X(FAIL_CLOCK, "clock") \
	/* a folder of the spool lies on another file system (EXDEV) */ \
	X(FAIL_DEVICE, "device") \
	/* there is no spool at the path, but one was made there (ENOENT) */ \
	X(FAIL_AWAY, "not mounted") \
	/* there is no spool at the path, and none is known to have been there (ENOENT) */ \
	X(FAIL_NEVER, "never made") \
	/* a folder that should be empty is not (ENOTEMPTY) */ \
	X(FAIL_EMPTY, "readdir")

enum fail_check {
	FAIL_CALL, /* none of ours: a system call or a library failed */
#define X(name, word) name,
	FAIL_CHECKS(X)
#undef X
};

struct spool_fail {
	enum fail_check check;
	int error; /* errno, positive; 0: nothing failed yet */
	/* static text: the system call, such as "openat2", or the word of the check */
	const char *call;
	/* path beneath the spool or the file's name, cut to fit, NUL-terminated */
	char object[SPOOL_OBJECT_MAX];
};

/*
 * Both fill in *why (which may be NULL) and return -error: after a system call has
 * failed, and after a check of ours. `object` may be NULL.
 */
int spool_fail(struct spool_fail *why, const char *call, const char *object, int error);
int spool_fail_check(struct spool_fail *why, enum fail_check check, const char *object, int error);

#endif
