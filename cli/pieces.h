/*
 * pieces.h - the pieces of an entry that do not depend on the file's content
 */
#ifndef CLI_PIECES_H
#define CLI_PIECES_H

#include "cli/complaint.h"
#include "cli/receipt.h"
#include "cli/request.h"
#include "spool/entry.h"

/*
 * Sets the entry's names, Content-ID, disposition and, where the request gives one, type; and the
 * receipt's name. 0, or -1 with *c filled in.
 */
int pieces_make(const struct put_request *request, struct entry *entry, struct receipt *receipt,
    struct complaint *c);

#endif
