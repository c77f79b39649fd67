/*
 * log.h - one line to syslog, and never a failure for it (RFC 3164)
 *
 * A log that is full, gone or hanging must not touch the mail: the socket is
 * opened beforehand, one datagram is sent without blocking, and what the log
 * does not take is dropped. The line bears no time: a syslog daemon puts its own
 * (RFC 3164 4.3.2), and local time would cost reading the zone's file.
 *
 * Not here: what the line says.
 */
#ifndef FILTER_LOG_H
#define FILTER_LOG_H

#include <stdbool.h>
#include <stddef.h>

/* Opens the log's socket. With `also_stderr`, lines go to that descriptor too (-1: not). */
void filter_log_open(const char *socket_path, int also_stderr);

/* Sends one line at facility mail: warning where `refused`, else info. Neither NUL nor LF in it.
 * Async-signal-safe. */
void filter_log_line(bool refused, const char *text, size_t len);

#endif
