/*
 * status.h - the text of `mailgraft-policyd status`: the server's state, for people
 */
#ifndef POLICY_STATUS_H
#define POLICY_STATUS_H

#include "policy/server.h"

void status_write(const struct server *s, struct text *t);

#endif
