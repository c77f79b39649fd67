/*
 * check-binding.h - does this Postfix send backup mail to the primaries only?
 *
 * Not here: who may send at all (check-postfix.c)
 */
#ifndef POLICY_CHECK_BINDING_H
#define POLICY_CHECK_BINDING_H

#include "policy/config.h"
#include "policy/findings.h"
#include "policy/postfix-settings.h"

/* service: the smtpd that asks the daemon. directory: as in postfix_settings_read(). */
void check_binding(struct findings *f, const struct config *c,
    const struct postfix_settings *settings, const struct postfix_service *service,
    const char *directory);

#endif
