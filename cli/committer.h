/*
 * committer.h - makes groups of requests durable and answers them, in a thread of its own
 *
 * Two groups: the reader of the requests fills one, while the thread commits and answers the other.
 * A group belongs to one thread at a time.
 *
 * Owns:    the thread, both groups; until committer_end also stdout, where the
 *          answers go in the order of the requests, flushed after each group
 * Not here: reading requests (batch.h)
 */
#ifndef CLI_COMMITTER_H
#define CLI_COMMITTER_H

#include "cli/intake.h"

struct committer;

/* 0, or -1 with *c filled in. `json`: answers are JSON also where the request was not. `progress`
 * is told of what is answered. */
int committer_start(const struct intake *in, bool json, struct progress *progress,
    struct committer **committer_r, struct complaint *c);

/* Takes a request in and adds it to the group. A request that fails is answered with its failure.
 */
void committer_add(
    struct committer *committer, struct intake *in, const struct put_request *request, bool json);
/* Answers a line that is no request. */
void committer_refuse(struct committer *committer, bool json, const struct complaint *why);

/* The group must be handed over before anything else is added, or the thread waits for it. */
bool committer_full(struct committer *committer);

/*
 * Hands the group over if there is anything in it. Waits only for the group before it.
 * `taken`: bytes of the input so far, for the progress. May be called while a request is taken in.
 */
void committer_hand_over(struct committer *committer, uint64_t taken);

/* Waits until everything is answered. Returns the exit code: that of the first request that failed.
 */
int committer_end(struct committer **committer);

#endif
