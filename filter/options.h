/*
 * options.h - how every program reads its command line: getopt_long, without abbreviations
 *
 * An abbreviation that is unique today is a fault in somebody's configuration after the next
 * release, so `--rec` is not `--recipient`. There are no short options.
 *
 * Not here: the policy daemon, which includes no other folder, has the same few lines of its own.
 */
#ifndef FILTER_OPTIONS_H
#define FILTER_OPTIONS_H

#include <getopt.h>

#include "filter/limits.h"

/*
 * The `val` of the next option, with its value in optarg; -1 after the last, with the arguments
 * from argv[optind] on; '?' for a mistake, with a sentence about it. Writes nothing to stderr.
 * No option has '?' or ':' as its `val`.
 */
int option_next(
    int argc, char **argv, const struct option *options, char sentence[OPTION_SENTENCE_MAX]);

#endif
