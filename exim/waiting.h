/*
 * waiting.h - do messages in Exim's queue wait for a spool at this path?
 *
 * Not here: messages that other hosts will send, or that another mail server holds
 */
#ifndef EXIM_WAITING_H
#define EXIM_WAITING_H

#include <stddef.h>

/*
 * Where the installed Exim's transports read the spool at `path`: how many of its
 * stored files the messages in Exim's queues name. 0 too where there is no Exim, or
 * where this user may not see its queue. Asks Exim, and reads all that is queued.
 */
size_t waiting_for(const char *path);

#endif
