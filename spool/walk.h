/*
 * walk.h - every file under blobs/ or entries/, shard by shard
 *
 * In the order the directories give them; memory does not depend on their
 * number. What comes or goes meanwhile may be seen or not.
 *
 * Owns:    the directory it reads
 * Not here: what lies beside the shards (fsck.c), what the files hold
 */
#ifndef SPOOL_WALK_H
#define SPOOL_WALK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "spool/hmac.h"
#include "spool/spool.h"

enum walk_kind { WALK_BLOBS, WALK_ENTRIES };

struct walk {
	const struct spool *spool;
	enum walk_kind kind;
	int shard; /* the one being read */
	void *dir; /* DIR *, or NULL before and between shards */
};

struct walk_file {
	char path[WALK_PATH_MAX]; /* beneath the spool */
	bool named;               /* its name is an id, in the shard where it belongs */
	uint8_t id[SHA256_BYTES]; /* then: a digest, or an entry's id */
	struct stat st;           /* of the name: links are not followed */
};

void walk_begin(struct walk *w, const struct spool *spool, enum walk_kind kind);
/* The walk of one shard only. */
void walk_begin_shard(
    struct walk *w, const struct spool *spool, enum walk_kind kind, uint8_t shard);

/* 1: a file; 0: the end; -errno. A shard that is missing has no files. */
int walk_next(struct walk *w, struct walk_file *file_r, struct spool_fail *why);
void walk_end(struct walk *w);

/* Of a walk of all shards: how far it is, of SHARDS. */
int walk_at(const struct walk *w);

#endif
