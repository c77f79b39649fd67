/*
 * spool-prover.h - the prover that is the spool itself (prover.h)
 *
 * Owns: the opened spool
 */
#ifndef FILTER_SPOOL_PROVER_H
#define FILTER_SPOOL_PROVER_H

#include <stdint.h>

#include "filter/prover.h"
#include "spool/key.h"
#include "spool/spool.h"

struct spool_prover {
	struct spool *spool;
	uint32_t now; /* EXPIRY_UNITs since 1970; may be set anew at any time */
	/* The key that was used last: most messages use one. */
	bool has_key;
	struct key key;
};

/*
 * Opens the spool at `path` and makes *prover of it, which holds as long as *s does. `now` is in
 * seconds since 1970. 0, or -1 with the reason; then there is nothing to close.
 */
int spool_prover_open(struct spool_prover *s, const char *path, int64_t now, struct prover *prover,
    struct refusal *why);

/* Closes the spool. May be called again, and where open failed. */
void spool_prover_close(struct spool_prover *s);

#endif
