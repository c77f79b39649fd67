/*
 * delivery-log.h - one line in the log for each recipient
 */
#ifndef RELAY_DELIVERY_LOG_H
#define RELAY_DELIVERY_LOG_H

#include "relay/delivery-state.h"

/* A recipient's answer. `note`: words before the rest, such as "remembered ", or "". */
void delivery_log(const struct delivery *d, struct hop_recipient *r, const char *note);

/* Those who have an answer and no line yet. */
void delivery_log_answered(const struct delivery *d);

/* All who have no line yet, when the message is over. */
void delivery_log_all(const struct delivery *d, enum delivery_end end);

#endif
