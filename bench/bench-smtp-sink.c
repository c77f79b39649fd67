/*
 * bench-smtp-sink.c - what an SMTP sink costs, beside memcpy of as many bytes
 *
 *	bench-smtp-sink [MEGABYTES]
 *
 * Five megabytes, or so many, of an attachment (base64, encoded into the sink), and of text whose
 * lines the sink must find. The connection takes everything and checks nothing. Prints a line for
 * each, separated by tabs: what, milliseconds (the best of ROUNDS), times memcpy.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "filter/sink.h"
#include "mime/base64.h"

enum { ROUNDS = 25, BLOCK = COPY_LINES * BASE64_LINE_BYTES, ROOM = COPY_LINES * 78 };

static struct sink sink;
static uint8_t *in, *text, *copy;
static size_t in_len, text_len;
static volatile uint8_t looked;

static int
take(void *state, const uint8_t *p, size_t len)
{
	(void)state;
	looked = p[len - 1];
	return 0;
}

static void
copy_memory(void)
{
	memcpy(copy, text, text_len);
	looked = copy[text_len / 2];
}

static void
send_base64(void)
{
	for (size_t at = 0; at < in_len; at += BLOCK) {
		size_t n = in_len - at < BLOCK ? in_len - at : BLOCK;
		size_t lines = (n + BASE64_LINE_BYTES - 1) / BASE64_LINE_BYTES;
		uint8_t *out = sink_room(&sink, ROOM);

		sink_fill(&sink,
		    sink.smtp ? base64_encode_crlf(in + at, n, out)
		              : base64_encode_lines(in + at, n, out),
		    lines);
	}
	sink_end(&sink);
}

static void
base64_lf(void)
{
	sink_to_function(&sink, take, NULL);
	send_base64();
}

static void
base64_smtp(void)
{
	sink_to_smtp(&sink, take, NULL);
	send_base64();
}

static void
send_text(void)
{
	for (size_t at = 0; at < text_len; at += 65536) {
		sink_write(&sink, text + at, text_len - at < 65536 ? text_len - at : 65536);
	}
	sink_end(&sink);
}

static void
text_lf(void)
{
	sink_to_function(&sink, take, NULL);
	send_text();
}

static void
text_smtp(void)
{
	sink_to_smtp(&sink, take, NULL);
	send_text();
}

static void
count_smtp(void)
{
	sink_to_counter(&sink, true);
	send_text();
}

static double
best_of(void (*run)(void))
{
	double best = 1e9;

	for (int i = 0; i < ROUNDS; i++) {
		struct timespec a, b;
		double ms;

		clock_gettime(CLOCK_MONOTONIC, &a);
		run();
		clock_gettime(CLOCK_MONOTONIC, &b);
		ms = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
		best = ms < best ? ms : best;
	}
	return best;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} contenders[] = {{"memcpy", copy_memory}, {"base64, LF", base64_lf},
	    {"base64, SMTP", base64_smtp}, {"text, LF", text_lf}, {"text, SMTP", text_smtp},
	    {"text, counted as SMTP", count_smtp}};
	double unit = 0;

	in_len = (argc > 1 ? strtoul(argv[1], NULL, 10) : 5) << 20;
	text_len = base64_encoded_size(in_len);
	in = malloc(in_len);
	text = malloc(text_len);
	copy = malloc(text_len);
	if (in == NULL || text == NULL || copy == NULL) {
		return EXIT_FAILURE;
	}
	for (size_t i = 0; i < in_len; i++) {
		in[i] = (uint8_t)(i * i >> 7);
	}
	base64_encode_lines(in, in_len, text);
	for (size_t i = 0; i < sizeof(contenders) / sizeof(contenders[0]); i++) {
		double ms = best_of(contenders[i].run);

		unit = i == 0 ? ms : unit;
		printf("%s\t%.3f\t%.2f\n", contenders[i].name, ms, ms / unit);
	}
	free(in);
	free(text);
	free(copy);
	return EXIT_SUCCESS;
}
