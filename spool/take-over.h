/*
 * take-over.h - a user's file becomes a blob without a copy
 *
 * It gets the spool's owner and group and mode 0440, while a read lease says that
 * nobody has it open, or mapped, for writing. The lease stays with the descriptor:
 * who was allowed to open the file before its owner changed, and comes later,
 * waits for it and is seen by take_over_holds(). So what is hashed after this,
 * and asked for again before the blob gets its name, is what the blob will be.
 *
 * A lock (flock) keeps a second `put` from taking the same file, which would then
 * give it back to the wrong owner.
 *
 * Owns:    nothing: descriptors stay the caller's
 * Not here: when it must be given back (group.h, store.h)
 */
#ifndef SPOOL_TAKE_OVER_H
#define SPOOL_TAKE_OVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "spool/entry.h"
#include "spool/spool.h"

/* Whose it was. */
struct taken {
	bool is; /* taken over, and not given back */
	uid_t owner;
	gid_t group;
	mode_t mode;
};

enum take_over {
	TAKE_OVER_DONE,
	TAKE_OVER_STREAM,    /* it is no file with a name */
	TAKE_OVER_SYMLINK,   /* a symbolic link leads to it */
	TAKE_OVER_ELSEWHERE, /* on another file system, or mounted apart */
	TAKE_OVER_SPOOL,     /* it is the spool's already */
	TAKE_OVER_LINKS,     /* it has other names, or none */
	TAKE_OVER_OWNER,     /* another's, and we are not root */
	TAKE_OVER_ACL,       /* more people may read it than its mode says */
	TAKE_OVER_BUSY,      /* somebody has it open for writing, or takes it over */
	TAKE_OVER_CANNOT,    /* the file system or a flag of the file does not allow it */
};

/*
 * Opens a file for it: for reading, and through no symbolic link, or root could be
 * led to give another file away. Returns the descriptor, or -errno; -ELOOP: there
 * is such a link.
 */
int take_over_open(const char *path);

/* Takes a regular file over, or leaves it as it was. */
enum take_over take_over(const struct spool *spool, int fd, struct taken *taken_r);

/* Nobody waits to write to it. */
bool take_over_holds(int fd);

/* Gives back owner and mode if it was taken. If that fails, nothing more can be done. */
void take_over_give_back(int fd, struct taken *taken);

/*
 * Removes the name of a file whose content is stored under `digest`: when it is
 * that blob, or, where the spool had the content before, when it is as it was
 * when it was hashed. 0, also where there is no such name any more, or -errno;
 * -ESTALE: it is another file, or was changed.
 */
int take_over_remove(const struct spool *spool, const char *path, const struct stat *was,
    const uint8_t digest[SHA256_BYTES]);

#endif
