/*
 * sniff.h - which media type a file's content looks like (libmagic)
 *
 * Owns:    libmagic's database, loaded once
 * Not here: whether the type may be used in a message (mime/part-header.h)
 */
#ifndef SPOOL_SNIFF_H
#define SPOOL_SNIFF_H

#include "spool/fail.h"

struct sniff;

int sniff_open(struct sniff **sniff_r, struct spool_fail *why);
void sniff_close(struct sniff **sniff);

/*
 * The type of what a descriptor reads, as libmagic says it: "application/pdf",
 * "text/plain; charset=utf-8". Reads from the start; the position is not kept.
 */
int sniff_type(struct sniff *sniff, int fd, char type[SNIFF_TYPE_MAX], struct spool_fail *why);

#endif
