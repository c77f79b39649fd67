/*
 * complain-exim.h - sentences about Exim and its queue
 */
#ifndef CLI_COMPLAIN_EXIM_H
#define CLI_COMPLAIN_EXIM_H

#include "cli/complaint.h"
#include "exim/fail.h"

/* Fills *c in from *why and returns -1. */
int complain_exim(struct complaint *c, const struct exim_fail *why);

#endif
