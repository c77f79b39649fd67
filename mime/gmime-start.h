/*
 * gmime-start.h - starts GMime, and leaves the process as it was
 *
 * GMime starts gpgme, which ignores SIGPIPE in the whole process: then a program whose reader has
 * gone would not end, but complain about a broken pipe.
 *
 * May be called from any thread, and more than once.
 */
#ifndef MIME_GMIME_START_H
#define MIME_GMIME_START_H

void gmime_start(void);

#endif
