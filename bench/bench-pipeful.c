/*
 * bench-pipeful.c - what a pipe and its reader take, whoever writes
 *
 *	bench-pipeful BYTES
 *
 * Writes so many bytes from memory, through the same sink as the filter. It reads no message and no
 * blob, and encodes nothing. No program that writes can be much faster.
 */
#include <stdlib.h>

#include "filter/sink.h"

static struct sink sink;

int
main(int argc, char **argv)
{
	unsigned long long left = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;

	sink_to_fd(&sink, 1);
	sink_expect(&sink, left);
	while (left > 0 && sink.error == 0) {
		size_t n = left < SINK_ROOM ? (size_t)left : SINK_ROOM;

		sink_room(&sink, n);
		sink_fill(&sink, n, 0);
		left -= n;
	}
	return sink_flush(&sink) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
