/*
 * status.h - what the control socket and the metrics say about a running server
 *
 * Control, one line: status, dump [NAME], forget NAME, reload. Metrics: Prometheus text over
 * HTTP, GET /metrics.
 */
#ifndef POLICY_STATUS_H
#define POLICY_STATUS_H

#include "policy/text-service.h"

text_service_answer status_control;

text_service_answer status_metrics;

#endif
