/*
 * tool-dkim-sign.c - for tests/e2e-dkim: signs messages on standard input as the relay does
 *
 *	tool-dkim-sign KEY-FILE DOMAIN SELECTOR CHUNK
 *
 * Each message begins with its length in decimal and LF. The answer has the same form: the field
 * DKIM-Signature, or nothing where the message cannot be signed. CHUNK: how many bytes are fed at
 * a time.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "relay/dkim-key.h"

static size_t
sign(struct dkim *d, const struct dkim_key *key, char **argv, const uint8_t *p, size_t len,
    struct dkim_field *f)
{
	size_t chunk = strtoul(argv[4], NULL, 10);
	uint8_t signature[DKIM_SIGNATURE_MAX];
	int n;

	if (dkim_begin(d) < 0) {
		return 0;
	}
	for (size_t at = 0; at < len; at += chunk) {
		if (dkim_add(d, p + at, len - at < chunk ? len - at : chunk) < 0) {
			return 0;
		}
	}
	if (dkim_end(d) < 0 ||
	    dkim_prepare(d, &dkim_default_policy, dkim_key_algorithm(key), argv[2], argv[3],
	        1700000000, f) < 0) {
		return 0;
	}
	n = dkim_key_sign(key, f->digest, signature);
	return n >= 0 && dkim_complete(f, signature, (size_t)n) == 0 ? f->len : 0;
}

int
main(int argc, char **argv)
{
	static struct dkim_field f;
	struct dkim_key *key = NULL;
	struct dkim *d = dkim_new();
	int fd = argc == 5 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	size_t len;

	if (d == NULL || fd < 0 || dkim_key_read(fd, &key) < 0) {
		fprintf(stderr, "usage: tool-dkim-sign KEY-FILE DOMAIN SELECTOR CHUNK\n");
		return 64;
	}
	close(fd);
	while (scanf("%zu%*1[\n]", &len) == 1) {
		uint8_t *message = malloc(len + 1);
		size_t n;

		if (message == NULL || fread(message, 1, len, stdin) != len) {
			return 70;
		}
		n = sign(d, key, argv, message, len, &f);
		printf("%zu\n", n);
		fwrite(f.text, 1, n, stdout);
		free(message);
	}
	dkim_key_free(key);
	dkim_free(d);
	return 0;
}
