/*
 * part-path.h - the number of a part, as error sentences and mail programs give it: "2.1"
 */
#ifndef FILTER_PART_PATH_H
#define FILTER_PART_PATH_H

#include <stddef.h>

#include "filter/limits.h"
#include "mime/scan.h"

/* The number of the entity that is being read; "1" for the only part of a message that is no
 * multipart. */
void part_path(const struct scan *scan, char out[PART_PATH_MAX]);

/* The number of what `depth` open multiparts lead to; empty for none. */
void part_path_to(const struct scan *scan, size_t depth, char out[PART_PATH_MAX]);

#endif
