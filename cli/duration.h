/*
 * duration.h - lengths of time as people write them: 90m, 36h, 14d, 4w
 */
#ifndef CLI_DURATION_H
#define CLI_DURATION_H

#include <stdint.h>

/* "90m" to seconds; at most six digits. -1: it is no such text. */
int duration_parse(const char *text, uint64_t *seconds_r);

enum { DURATION_TEXT_MAX = 24 }; /* with its NUL */

/* The same as a text, in the largest unit that divides it: 2592000 is "30d". Seconds below a minute
 * are cut off. Returns `text`. */
const char *duration_text(uint64_t seconds, char text[DURATION_TEXT_MAX]);

#endif
