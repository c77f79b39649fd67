/*
 * bench-base64.c - how fast is the codec alone, beside copying and beside OpenSSL?
 *
 *	bench-base64 [SECONDS]		about so long for each size (default 3)
 *
 * For each size of input: memcpy, every kernel that runs here, OpenSSL's EVP_EncodeBlock called for
 * each line, and the decoder on the encoded lines. They take turns, so that other load
 * on the machine falls on all of them. Prints tab-separated values: '#' and what was measured on, a
 * line of column names, and a line a size and contender. Speeds are of raw bytes, in GB (10^9) a
 * second; ratios are to memcpy of the raw bytes, of the same statistic.
 *
 * Not here: pipes, processes, messages (the other benches). No part of make check.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mime/base64.h"

enum { MOST_ROUNDS = 1001, LINE_OUT = BASE64_LINE_CHARS + 1 };

/* Contenders: these, and from KERNEL_0 on the kernels. */
enum { MEMCPY, OPENSSL, DECODE, KERNEL_0, CONTENDERS = KERNEL_0 + BASE64_KERNELS };

static const struct {
	const char *name;
	size_t len;
} sizes[] = {
    {.name = "57KB", .len = 57000},
    {.name = "1MB", .len = 1000000},
    {.name = "5MB", .len = 5000000},
    {.name = "100MB", .len = 100000000},
};

struct buffers {
	uint8_t *in;   /* len bytes */
	uint8_t *text; /* and what they encode to */
	uint8_t *out;  /* room for either */
	size_t len;
	size_t text_len;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool
usable(int who)
{
	return who < KERNEL_0 || base64_kernel_usable((enum base64_kernel)(who - KERNEL_0));
}

static const char *
name_of(int who)
{
	switch (who) {
	case MEMCPY:
		return "memcpy";
	case OPENSSL:
		return "openssl";
	case DECODE:
		return "decode";
	default:
		return base64_kernel_name((enum base64_kernel)(who - KERNEL_0));
	}
}

static void
openssl_lines(const struct buffers *b)
{
	uint8_t *out = b->out;

	for (size_t at = 0; at < b->len; at += BASE64_LINE_BYTES) {
		size_t n = b->len - at < BASE64_LINE_BYTES ? b->len - at : BASE64_LINE_BYTES;
		out += EVP_EncodeBlock(out, b->in + at, (int)n);
		*out++ = '\n'; /* over the NUL */
	}
}

static void
run(int who, const struct buffers *b)
{
	struct base64_decoder d = {0};

	switch (who) {
	case MEMCPY:
		memcpy(b->out, b->in, b->len);
		break;
	case OPENSSL:
		openssl_lines(b);
		break;
	case DECODE:
		base64_decode(&d, b->text, b->text_len, b->out);
		break;
	default:
		base64_encode_lines_with(
		    (enum base64_kernel)(who - KERNEL_0), b->in, b->len, b->out);
		break;
	}
	/* The compiler must take the result as used. */
	__asm__ volatile("" : : "r"(b->out) : "memory");
}

/* Whether the contender gives the right result. */
static bool
right(int who, const struct buffers *b)
{
	memset(b->out, 0, b->text_len);
	run(who, b);
	return who == MEMCPY || who == DECODE ? memcmp(b->out, b->in, b->len) == 0
	                                      : memcmp(b->out, b->text, b->text_len) == 0;
}

static int
by_time(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Prints the value of the first line of /proc/cpuinfo that begins with field. */
static void
print_cpu(const char *field, const char *const *words, size_t count)
{
	static char line[16384];
	FILE *f = fopen("/proc/cpuinfo", "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		char *value = strchr(line, ':');
		if (strncmp(line, field, strlen(field)) != 0 || value == NULL) {
			continue;
		}
		if (count == 0) {
			value[strcspn(value, "\n")] = '\0';
			printf("\t%s", value + 2);
		}
		for (char *save = NULL, *w = strtok_r(value, " :\n", &save); count > 0 && w != NULL;
		     w = strtok_r(NULL, " :\n", &save)) {
			for (size_t i = 0; i < count; i++) {
				if (strcmp(w, words[i]) == 0) {
					printf(" %s", w);
				}
			}
		}
		break;
	}
	if (f != NULL) {
		fclose(f);
	}
}

static void
print_header(void)
{
	static const char *const flags[] = {"ssse3", "avx", "avx2", "avx512f", "avx512bw",
	    "avx512vl", "avx512vbmi", "asimd", "sve"};

#ifdef __clang__
	printf("# %s", __VERSION__);
#else
	printf("# gcc %s", __VERSION__);
#endif
	print_cpu("model name", NULL, 0);
	printf("\tflags:");
	print_cpu("flags", flags, sizeof(flags) / sizeof(flags[0]));
	print_cpu("Features", flags, sizeof(flags) / sizeof(flags[0]));
	printf("\nsize\tcode\trounds\tbest_GBps\tmedian_GBps\tbest_ratio\tmedian_ratio\n");
}

static int
measure(const char *name, size_t len, double seconds)
{
	static double times[CONTENDERS][MOST_ROUNDS];
	struct buffers b = {.len = len, .text_len = base64_encoded_size(len)};
	size_t repeats = len < 2000000 ? 2000000 / len : 1;
	double end;
	int rounds = 0, ret = 1;

	b.in = malloc(len);
	b.text = malloc(b.text_len);
	b.out = malloc(b.text_len);
	if (b.in == NULL || b.text == NULL || b.out == NULL) {
		fprintf(stderr, "no memory for %zu bytes\n", len);
		goto out;
	}
	for (size_t i = 0; i < len; i++) {
		b.in[i] = (uint8_t)(i * 2654435761u >> 13);
	}
	base64_encode_lines_with(BASE64_PORTABLE, b.in, len, b.text);
	for (int who = 0; who < CONTENDERS; who++) {
		if (usable(who) && !right(who, &b)) {
			fprintf(stderr, "'%s' gives something else\n", name_of(who));
			goto out;
		}
	}
	end = now() + seconds;
	while (rounds < MOST_ROUNDS && (rounds < 5 || now() < end)) {
		for (int who = 0; who < CONTENDERS; who++) {
			double start;
			if (!usable(who)) {
				continue;
			}
			/* so that no contender gains from what the one before left in the caches */
			run(who, &b);
			start = now();
			for (size_t i = 0; i < repeats; i++) {
				run(who, &b);
			}
			times[who][rounds] = (now() - start) / (double)repeats;
		}
		rounds++;
	}
	for (int who = 0; who < CONTENDERS; who++) {
		const double *t = times[who], *base = times[MEMCPY];
		if (!usable(who)) {
			continue;
		}
		qsort(times[who], (size_t)rounds, sizeof(times[who][0]), by_time);
		printf("%s\t%s\t%d\t%.2f\t%.2f\t%.3f\t%.3f\n", name, name_of(who), rounds,
		    (double)len / t[0] * 1e-9, (double)len / t[rounds / 2] * 1e-9, base[0] / t[0],
		    base[rounds / 2] / t[rounds / 2]);
	}
	fflush(stdout);
	ret = 0;
out:
	free(b.in);
	free(b.text);
	free(b.out);
	return ret;
}

int
main(int argc, char **argv)
{
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 3;

	print_header();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (measure(sizes[i].name, sizes[i].len, seconds) != 0) {
			return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}
