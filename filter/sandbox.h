/*
 * sandbox.h - what the filter can still do once it reads a hostile message
 *
 * Entered after log and spool are open and before the body is looked at. No
 * new privileges; Landlock (Linux 5.13): read beneath the spool, write beneath
 * spill/, nothing else; seccomp: only the system calls that grafting makes.
 * Each where the kernel has it: a kernel without it is no reason to keep mail.
 *
 * Not in builds with sanitizers, whose run-time makes system calls of its own.
 */
#ifndef FILTER_SANDBOX_H
#define FILTER_SANDBOX_H

#include <stdbool.h>

/* `spool` is the descriptor of the spool's directory; `has_openat2` as spool_has_openat2(). From
 * here on a forbidden system call kills the process. */
void sandbox_enter(int spool, bool has_openat2);

#endif
