/*
 * recipient-watch.h - keeps the recipient list as the files are
 *
 * Looks at the files every few seconds; what has changed, and then not for one
 * look, is loaded beside the list in use, in
 * steps, and takes its place when it is complete. A load that fails leaves the list in use.
 *
 * Owns: the list in use and the one being loaded. Not here: the files' format
 */
#ifndef POLICY_RECIPIENT_WATCH_H
#define POLICY_RECIPIENT_WATCH_H

#include "policy/config.h"
#include "policy/log.h"
#include "policy/loop.h"
#include "policy/recipient-list.h"
#include "policy/state-file.h"

struct recipient_watch;

/* changed: the list in use is another one now (perhaps none). */
struct recipient_watch *recipient_watch_new(struct loop *loop, struct log *log,
    void (*changed)(void *context, const struct recipient_list *list), void *context);

void recipient_watch_free(struct recipient_watch *w);

/*
 * Loads at once, to the end; for the start. When the files cannot be loaded, the last good list
 * that an earlier process saved is taken, with a line in the log. False, and error set, when there
 * is none.
 */
bool recipient_watch_load(struct recipient_watch *w, const struct config *config, char *error);

/*
 * Loads for a new configuration in steps, then calls done: with NULL right after the list in
 * use was replaced, or with an error and nothing changed.
 */
void recipient_watch_reload(struct recipient_watch *w, const struct config *config,
    void (*done)(void *context, const char *error), void *context);

const struct recipient_list *recipient_watch_list(const struct recipient_watch *w);

/* Why the files are not what is in use, or "". */
const char *recipient_watch_problem(const struct recipient_watch *w);

/* The list in use, for the state: it outlives a restart. */
struct state_part recipient_watch_part(struct recipient_watch *w);

/* How often a changed file could not be loaded. */
uint64_t recipient_watch_failures(const struct recipient_watch *w);

#endif
