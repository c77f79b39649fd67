/*
 * smtp-probe.h - one dialogue with one mail server, over a socket, within a time
 *
 * Sends nothing before the greeting, and no mail.
 *
 * Owns: its socket until the result. Not here: when to ask, what results mean; what is said
 * (smtp-dialogue.h)
 */
#ifndef POLICY_SMTP_PROBE_H
#define POLICY_SMTP_PROBE_H

#include "policy/address.h"
#include "policy/loop.h"
#include "policy/smtp-dialogue.h"

struct smtp_probe;

/* The report is valid during the call. The probe is gone when this is called. */
typedef void smtp_probe_result(void *context, const struct smtp_report *report);

/* A socket that is connecting, or -errno. */
int smtp_probe_connect(const struct address *a, uint16_t port);

/*
 * Takes the socket over, also when it fails. The dialogue has begun, and is copied. NULL when it
 * could not even begin; then there is no call back.
 */
struct smtp_probe *smtp_probe_start(struct loop *loop, int fd, int64_t timeout_ms,
    const struct smtp_dialogue *dialogue, smtp_probe_result *result, void *context);

/* No call back. */
void smtp_probe_cancel(struct smtp_probe *p);

#endif
