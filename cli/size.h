/*
 * size.h - numbers of bytes as people write and read them: 5000000, 50M, 1.2G
 *
 * K, M and G are powers of 1024, as in the configuration.
 */
#ifndef CLI_SIZE_H
#define CLI_SIZE_H

#include <stdint.h>

enum { SIZE_TEXT_MAX = 24 }; /* with its NUL */

/* "50M" to bytes, 1 to INT64_MAX. -1: it is no such text. */
int size_parse(const char *text, uint64_t *bytes_r);

/* The same number with the largest unit that divides it: 52428800 is "50M". Returns `text`. */
const char *size_exact(uint64_t bytes, char text[SIZE_TEXT_MAX]);

/* Rounded to two digits or three, for reading: "999", "1.2K", "50M", "1023G". Returns `text`. */
const char *size_short(uint64_t bytes, char text[SIZE_TEXT_MAX]);

#endif
