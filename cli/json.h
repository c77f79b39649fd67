/*
 * json.h - writes JSON objects on one line
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* "{", then members separated by commas, then "}" and LF. `first` starts as 1. */
void json_text(FILE *out, int *first, const char *name, const char *value, size_t len);
void json_number(FILE *out, int *first, const char *name, uint64_t value);
void json_flag(FILE *out, int *first, const char *name, bool value);

#endif
