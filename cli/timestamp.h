/*
 * timestamp.h - points in time as people read them: 2026-01-31T12:00:00Z
 */
#ifndef CLI_TIMESTAMP_H
#define CLI_TIMESTAMP_H

#include <stdint.h>

enum { TIMESTAMP_MAX = sizeof("2026-01-31T12:00:00Z") + 8 };

/* Returns `text`. */
const char *timestamp(uint64_t seconds, char text[TIMESTAMP_MAX]);

/* In the reader's time zone, to the minute: 2026-01-31 13:00. Returns `text`. */
const char *timestamp_local(uint64_t seconds, char text[TIMESTAMP_MAX]);

/* Now, in EXPIRY_UNITs since 1970. */
uint32_t now_units(void);

#endif
