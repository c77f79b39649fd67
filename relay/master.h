/*
 * master.h - the process that accepts: a process for each session, and one keeper
 *
 * Owns:     the listening sockets, the TLS context, the processes that it forks
 */
#ifndef RELAY_MASTER_H
#define RELAY_MASTER_H

/*
 * Runs the relay until SIGTERM or SIGINT. SIGHUP reads the configuration again, for new sessions.
 * Returns an exit status (sysexits.h). What fails at the start is also said on standard error.
 */
int master_run(const char *config);

#endif
