/*
 * log.h - lines to standard error that never make the daemon wait
 *
 * Lines are gathered and written once per turn of the loop. When the reader does not keep up,
 * lines are dropped whole, and counted. Values are quoted where they hold anything but plain
 * characters, so that no client can forge a line.
 *
 * Owns: one buffer and its own description of fd 2. Not here: what is worth a line
 */
#ifndef POLICY_LOG_H
#define POLICY_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log;

enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_INFO = 6,
};

struct log *log_new(void);

void log_free(struct log *l);

/* A sentence. */
__attribute__((format(printf, 3, 4))) void log_say(
    struct log *l, enum log_level level, const char *format, ...);

/* A line of key=value: begin, any number of values, end. */
void log_begin(struct log *l, const char *event);

void log_value(struct log *l, const char *key, const char *value, size_t len);

void log_text(struct log *l, const char *key, const char *value);

/* The same for a word of ours, known to be plain. */
void log_word(struct log *l, const char *key, const char *word);

void log_number(struct log *l, const char *key, int64_t value);

void log_end(struct log *l);

void log_flush(struct log *l);

uint64_t log_dropped(const struct log *l);

#endif
