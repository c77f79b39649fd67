/*
 * intake.h - takes requests in, commits them as groups, and has a receipt for each
 *
 * Owns: the opened spool and its writer; a group owns its files, libmagic and receipts
 * Returns: 0, or -1 with *c filled in. A request that failed leaves the group
 *          as it was; a commit that failed empties it
 * Threads: one may commit a group while another adds to another group
 */
#ifndef CLI_INTAKE_H
#define CLI_INTAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/complaint.h"
#include "cli/progress.h"
#include "cli/receipt.h"
#include "cli/request.h"

struct intake;
struct intake_group;

/* `progress` is told of each byte that is stored; it may be NULL. */
int intake_open(
    const char *spool, struct progress *progress, struct intake **intake_r, struct complaint *c);
void intake_close(struct intake **intake);

int intake_group_new(
    const struct intake *intake, struct intake_group **group_r, struct complaint *c);
void intake_group_free(struct intake_group **group);

/* Stores the content, without a name; then adds it to a group, which must not be full. */
int intake_take(struct intake *intake, const struct put_request *request, struct complaint *c);
int intake_add(struct intake *intake, struct intake_group *group, const struct put_request *request,
    struct complaint *c);

/* The size in bytes of the file that was added last. */
uint64_t intake_last_size(const struct intake_group *group);
bool intake_full(const struct intake_group *group);
size_t intake_pending(const struct intake_group *group);

/* Finds types, writes entries, makes all of it durable, makes the tokens. */
int intake_commit(struct intake_group *group, struct complaint *c);

/*
 * After the answers are out: removes the names of the files that were moved. -1: some could not be
 * removed; *c is about the first.
 */
int intake_remove_moved(struct intake_group *group, struct complaint *c);

/* Of the last commit, in the order of the requests. */
const struct receipt *intake_receipt(const struct intake_group *group, size_t i);

#endif
