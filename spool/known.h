/*
 * known.h - which spools were made on this host, and what their first key was
 *
 * KNOWN_FILE stands outside of every spool, so it is still there when a spool is
 * not: a line a spool, the id of its first key, a blank, its path. A key's file is
 * never removed, so that id says which spool it is.
 *
 * Owns:    the lines; `mailgraft init` writes them
 * Not here: spools of which no line speaks, such as those that belong to an ordinary user
 */
#ifndef SPOOL_KNOWN_H
#define SPOOL_KNOWN_H

#include <stdbool.h>

#include "spool/fail.h"
#include "spool/path.h"

#define KNOWN_FOLDER "/etc/mailgraft"
#define KNOWN_FILE KNOWN_FOLDER "/spools"

/* Whether a spool was made at this absolute path. What cannot be read is not known. */
bool known_is(const char *path);

/* Whether the spool at this path, open as `dirfd`, is another one than was made there last. */
bool known_is_another(int dirfd, const char *path);

/* Adds a line, for an absolute path. -errno with *why filled in. */
int known_add(const char *path, const uint8_t key_id[KEY_ID_BYTES], struct spool_fail *why);

#endif
