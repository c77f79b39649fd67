/*
 * service-manager.h - what systemd wants to hear: ready, reloading, stopping, still alive
 *
 * Without NOTIFY_SOCKET every call does nothing.
 */
#ifndef POLICY_SERVICE_MANAGER_H
#define POLICY_SERVICE_MANAGER_H

#include <stdint.h>

/* Such as "READY=1". */
void service_manager_tell(const char *state);

/* RELOADING=1 with the clock that systemd asks for. */
void service_manager_tell_reloading(void);

/* How often WATCHDOG=1 is due, half of what was asked for; 0: never. */
int64_t service_manager_watchdog_ms(void);

#endif
