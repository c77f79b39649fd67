/*
 * settings.h - defaults of the command line, from a file
 *
 * /etc/mailgraft/mailgraft.yaml, or what MAILGRAFT_CONFIG names:
 *
 *	spool: /var/spool/mailgraft
 *	expires: 30d            # of tokens, where --expires is not given
 *	grace: 24h              # of gc, where --grace is not given
 *	largest-file: 100M      # what `put` takes; K, M, G are powers of 1024
 *	total: 500G             # of all blobs together: `put` takes no more
 *	attachments: 20         # of one finished message
 *	expanded: 50M           # bytes of one finished message
 *
 * All members are optional, and so is the file. The filter does not read it: `mailgraft config
 *apply` puts the last two into the spool.
 */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include <stdint.h>

#include "cli/complaint.h"
#include "spool/format.h"

struct settings {
	char spool[CONFIG_PATH_MAX];
	uint64_t expires, grace;       /* seconds */
	uint64_t largest_file, total;  /* bytes; INT64_MAX: no limit */
	struct format_limits messages; /* for `config apply` */
};

/* Reads the file, once, before anything else. -1 with file, line, column and what was expected. */
int settings_load(struct complaint *c);

const struct settings *settings(void);

/* Where it was read from. */
const char *settings_file(void);

#endif
