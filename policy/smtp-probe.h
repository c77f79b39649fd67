/*
 * smtp-probe.h - one look at one mail server: connect, 220, EHLO, 250, QUIT
 *
 * Sends nothing before the greeting, and no mail. Bounded in time and in what it reads.
 *
 * Owns: its socket until the result. Not here: when to probe, what results mean
 */
#ifndef POLICY_SMTP_PROBE_H
#define POLICY_SMTP_PROBE_H

#include "policy/address.h"
#include "policy/loop.h"

struct smtp_probe;

/* words stay valid. The probe is gone when this is called. */
typedef void smtp_probe_result(void *context, bool up, const char *words);

/* NULL when it could not even begin; then there is no call back. name must stay valid. */
struct smtp_probe *smtp_probe_start(struct loop *loop, const struct address *a, uint16_t port,
    const char *name, smtp_probe_result *result, void *context);

/* No call back. */
void smtp_probe_cancel(struct smtp_probe *p);

#endif
