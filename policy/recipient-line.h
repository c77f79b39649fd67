/*
 * recipient-line.h - the address at the start of a recipient file's line
 *
 * Quotes are removed; what follows white space is skipped. The address comes out in the form in
 * which recipients are compared (recipient-key.h); "@domain" is all of a domain.
 *
 * Not here: comments and empty lines, files (recipient-list.h)
 */
#ifndef POLICY_RECIPIENT_LINE_H
#define POLICY_RECIPIENT_LINE_H

#include "policy/domain-name.h"

/*
 * Writes the address and returns its length; 0: there is none. *last: the domain of the line
 * before, which saves parsing it again, and then of this one; at first its length is 0.
 */
size_t recipient_line_read(
    const char *line, size_t len, struct domain_name *last, char *address, size_t cap);

#endif
