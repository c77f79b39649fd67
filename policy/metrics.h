/*
 * metrics.h - the server's counters as Prometheus text, over HTTP: GET /metrics
 *
 * The context is a struct server.
 */
#ifndef POLICY_METRICS_H
#define POLICY_METRICS_H

#include "policy/text-service.h"

text_service_answer metrics_answer;

#endif
