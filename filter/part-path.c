/*
 * part-path.c - see part-path.h
 */
#include "filter/part-path.h"

#include <inttypes.h>
#include <stdio.h>

/* characters of a dot and a number */
enum { STEP_MAX = 12 };

void
part_path_to(const struct scan *scan, size_t depth, char out[PART_PATH_MAX])
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t d = 0; d < depth && n + STEP_MAX < PART_PATH_MAX; d++) {
		n += (size_t)snprintf(out + n, PART_PATH_MAX - n, "%s%" PRIu32, d > 0 ? "." : "",
		    scan->open[d].child);
	}
}

void
part_path(const struct scan *scan, char out[PART_PATH_MAX])
{
	if (scan->depth == 0) {
		snprintf(out, PART_PATH_MAX, "1");
		return;
	}
	part_path_to(scan, scan->depth, out);
}
