/*
 * id-set.h - which entries somebody still needs: a set of their ids, in memory
 *
 * 20 bytes an id, twice that while it grows; ID_SET_MAX different ones at most.
 *
 *	id_set_new, id_set_add ..., id_set_seal, id_set_has ...
 *
 * Owns:    the ids
 * Errors:  -errno with *why filled in; -E2BIG: too many
 */
#ifndef SPOOL_ID_SET_H
#define SPOOL_ID_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/spool.h"
#include "spool/token.h"

struct id_set;

int id_set_new(struct id_set **set_r, struct spool_fail *why);
void id_set_free(struct id_set **set);

/* One that is there already changes nothing. */
int id_set_add(struct id_set *set, const uint8_t id[ENTRY_ID_BYTES], struct spool_fail *why);

/* No id_set_add after this. Returns how many there are. */
size_t id_set_seal(struct id_set *set);

bool id_set_has(const struct id_set *set, const uint8_t id[ENTRY_ID_BYTES]);

#endif
