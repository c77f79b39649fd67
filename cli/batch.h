/*
 * batch.h - `put --batch`: one request a line, one answer a line, in order
 *
 * A request is a JSON object (file, name, type, to, expires, inline, cid, or
 * "bytes": N instead of file, with N raw bytes after the line), or fields
 * separated by tabs in that order. The command line has the defaults.
 *
 * committer.h makes files durable in groups and then answers them, while the next requests are
 * read. A group ends when it is large or old, or when the next read would wait.
 */
#ifndef CLI_BATCH_H
#define CLI_BATCH_H

#include <stdbool.h>

#include "cli/intake.h"

/* Serves standard input to its end, and tells `progress` of it. Returns the exit code: that of the
 * first request that failed. */
int batch_run(
    struct intake *in, const struct put_request *defaults, bool json, struct progress *progress);

#endif
