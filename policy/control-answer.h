/*
 * control-answer.h - the control socket's one-line commands, and who answers each
 *
 * status, dump [NAME], forget NAME, reload. The context is a struct server.
 * Not here: the client's side (control-client.h)
 */
#ifndef POLICY_CONTROL_ANSWER_H
#define POLICY_CONTROL_ANSWER_H

#include "policy/text-service.h"

text_service_answer control_answer;

#endif
