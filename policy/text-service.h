/*
 * text-service.h - a socket for people and monitors: one short question, one text, closed
 *
 * Both faces use it: the control socket (a line) and the metrics (an HTTP request). A client
 * that is slow, or asks too much, is closed; one that idles makes room for the next.
 *
 * Owns: the clients and their buffers. Not here: listening, what the answers say
 */
#ifndef POLICY_TEXT_SERVICE_H
#define POLICY_TEXT_SERVICE_H

#include "policy/loop.h"

/* A text that grows; once out of memory or too long it stays failed. */
struct text {
	char *bytes;
	size_t len;
	size_t room;
	bool failed;
};

__attribute__((format(printf, 2, 3))) void text_add(struct text *t, const char *format, ...);

void text_finish(struct text *t);

struct text_service;

/* True when the question is complete; then the answer is in *answer. */
typedef bool text_service_answer(
    void *context, const char *question, size_t len, struct text *answer);

struct text_service *text_service_new(
    struct loop *loop, text_service_answer *answer, void *context);

void text_service_free(struct text_service *s);

/* Takes an accepted descriptor over. */
void text_service_take(struct text_service *s, int fd);

#endif
