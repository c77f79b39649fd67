/*
 * control-client.h - asks the running daemon through its control socket, prints the answer
 *
 * Returns an exit status.
 */
#ifndef POLICY_CONTROL_CLIENT_H
#define POLICY_CONTROL_CLIENT_H

int control_client_ask(const char *config_path, const char *command, const char *word);

#endif
