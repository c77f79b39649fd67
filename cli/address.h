/*
 * address.h - `--to ADDRESS` as the recipient that a token is bound to
 */
#ifndef CLI_ADDRESS_H
#define CLI_ADDRESS_H

#include <stddef.h>

#include "spool/recipient.h"

/*
 * The canonical recipient. U-labels of the domain become A-labels, as with Exim's
 * utf8_domain_to_alabel. -1: no address.
 */
int address_recipient(const char *text, size_t len, struct recipient *r);

#endif
