/*
 * log.h - lines to syslog (RFC 3164, facility mail), and never a failure for it
 *
 * One datagram a line, without waiting: a log that is full, gone or hanging must not touch the
 * mail. The journal listens at the same socket. On a terminal the lines go to standard error, too.
 *
 * Owns:     one socket, which every process of the relay shares
 */
#ifndef RELAY_LOG_H
#define RELAY_LOG_H

#include <stdbool.h>

enum relay_level { RELAY_ERROR = 3, RELAY_WARNING = 4, RELAY_INFO = 6 };

/* `path`: the log's socket, usually /dev/log. `also_stderr`: to standard error too. */
void relay_log_open(const char *path, bool also_stderr);

/* The socket's descriptor, -1: none. */
int relay_log_fd(void);

/* One line; control characters in it become '?'. */
__attribute__((format(printf, 2, 3))) void relay_log(
    enum relay_level level, const char *format, ...);

#endif
