/*
 * duration.h - lengths of time as people write them: 90m, 36h, 14d, 4w
 */
#ifndef CLI_DURATION_H
#define CLI_DURATION_H

#include <stdint.h>

/* "90m" to seconds; at most six digits. -1: it is no such text. */
int duration_parse(const char *text, uint64_t *seconds_r);

#endif
