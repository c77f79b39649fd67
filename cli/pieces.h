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
 * Sets the entry's names, Content-ID and disposition, the type if the request gives one, and the
 * receipt's name. 0, or -1 with *c filled in.
 */
int pieces_make(const struct put_request *request, struct entry *entry, struct receipt *receipt,
    struct complaint *c);

#endif
