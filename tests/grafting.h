/*
 * grafting.h - one message through the library, over the spool of stock.h
 *
 * Whatever is grafted must keep to the rules of strict.h.
 *
 * Failures of the surroundings abort.
 */
#ifndef TESTS_GRAFTING_H
#define TESTS_GRAFTING_H

#include <sys/wait.h>

#include "filter/graft.h"
#include "filter/spool-prover.h"
#include "tests/stock.h"
#include "tests/strict.h"

enum { GRAFTING_NOW = STOCK_NOW * EXPIRY_UNIT, PIPE_HOLDS = 48 * 1024 };

/* How the message comes. */
enum way { FROM_PIPE, FROM_FILE, FROM_MEMORY, WAYS };

struct result {
	int code; /* 0, or the exit code */
	size_t len;
	bool opts_in, planned;
	uint64_t size; /* what graft_size() said */
	uint64_t wire; /* what graft_wire_size() said */
	bool lasting;
	char word[40];
	char sentence[1024];
};

/* From a file or a pipe. A child fills the pipe if it cannot hold all. */
static inline int
source_of(const uint8_t *p, size_t len, enum way way)
{
	int fds[2], fd;

	if (way == FROM_FILE) {
		fd = memfd_create("message", MFD_CLOEXEC);
		stock_require(
		    write(fd, p, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0, "file");
		return fd;
	}
	stock_require(pipe2(fds, O_CLOEXEC) == 0, "pipe");
	if (len <= PIPE_HOLDS) {
		stock_require(write(fds[1], p, len) == (ssize_t)len, "pipe");
	} else if (fork() == 0) {
		close(fds[0]);
		_exit(write(fds[1], p, len) == (ssize_t)len ? 0 : 1);
	}
	close(fds[1]);
	return fds[0];
}

static inline int
plan_and_measure(
    struct graft *g, const char *spool_path, const struct recipient *to, struct result *r)
{
	struct refusal why = {.reason = REFUSED_NOT};
	struct spool_prover spool;
	struct prover prover;
	int result;

	if (spool_prover_open(&spool, spool_path, GRAFTING_NOW, &prover, &why) < 0) {
		r->code = refusal_exit(&why);
		return -1;
	}
	result = graft_plan(g, &prover, to);
	spool_prover_close(&spool);
	r->planned = result == 0;
	if (r->planned) {
		/* the second may find that an attached message is not what it was */
		stock_require(graft_size(g, &r->size) == 0, "size");
		result = graft_wire_size(g, &r->wire);
	}
	return result;
}

/* Grafts the message that was begun; `begun` is what that returned. */
static inline struct result
graft_rest(struct graft *g, int begun, const char *spool_path, struct sink *out)
{
	struct result r = {.code = 0};
	int result = begun;

	r.opts_in = result == 0 && graft_opts_in(g);
	if (result == 0 && !r.opts_in) {
		result = graft_pass(g, out);
	} else if (result == 0) {
		result = plan_and_measure(g, spool_path, NULL, &r);
		if (r.planned) {
			result = graft_emit(g, out);
		}
	}
	if (result < 0 && r.code == 0) {
		r.code = graft_exit(g);
		r.lasting = graft_is_lasting(g);
		snprintf(r.word, sizeof(r.word), "%s", graft_word(g));
		stock_require(
		    graft_sentence(g, r.sentence, sizeof(r.sentence)) == strlen(r.sentence) &&
		        r.code != 0,
		    "a refusal");
	}
	return r;
}

/* The whole of it; what was written is in `to`. */
static inline struct result
graft_message(
    const uint8_t *p, size_t len, enum way way, const char *spool_path, uint8_t *to, size_t room)
{
	static struct sink sink;
	int in = way == FROM_MEMORY ? -1 : source_of(p, len, way);
	int out = memfd_create("out", MFD_CLOEXEC);
	struct graft *g = graft_new();
	struct result r;
	int begun;

	stock_require(g != NULL && out >= 0, "memory");
	begun = way == FROM_MEMORY ? graft_from_memory(g, p, len, NULL)
	                           : graft_from_fd(g, in, NULL);
	sink_to_fd(&sink, out);
	r = graft_rest(g, begun, spool_path, &sink);
	graft_free(&g);
	r.len = (size_t)lseek(out, 0, SEEK_CUR);
	stock_require(r.len <= room && pread(out, to, r.len, 0) == (ssize_t)r.len, "output");
	if (r.code == 0 && r.opts_in) {
		const char *wrong = strict_check(p, len, to, r.len);

		if (wrong != NULL) {
			fprintf(stderr, "%.*s\n", (int)r.len, (const char *)to);
		}
		stock_require(wrong == NULL, wrong);
	}
	if (in >= 0) {
		close(in);
	}
	close(out);
	while (wait(NULL) > 0) {
	}
	return r;
}

#endif
