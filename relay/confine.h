/*
 * confine.h - what the relay's processes can still do once they read what others send
 *
 * No new privileges; seccomp: only the system calls that each needs, anything else fails with
 * EPERM; Landlock (Linux 5.13): the session opens no file at all, the keeper reads the spool and
 * writes its spill/ and the state. Each where the kernel has it.
 *
 * Not in builds with sanitizers, whose run-time makes system calls of its own.
 */
#ifndef RELAY_CONFINE_H
#define RELAY_CONFINE_H

/* A session: talks TCP, opens nothing. */
void confine_session(void);

/* The keeper: `spool` is the spool's path, `state` the descriptor of the state's folder. No socket
 * can be made. */
void confine_keeper(const char *spool, int state);

#endif
