/*
 * notify.h - what systemd wants to hear (sd_notify(3)), and the sockets it hands over
 *
 * Without NOTIFY_SOCKET or LISTEN_FDS nothing happens.
 */
#ifndef RELAY_NOTIFY_H
#define RELAY_NOTIFY_H

#include <stdint.h>

/* Such as "READY=1". */
void notify_manager(const char *state);

/* RELOADING=1, with the clock that systemd asks for. */
void notify_reloading(void);

/* How often WATCHDOG=1 is due, in milliseconds: half of what was asked for; 0: never. */
int64_t notify_watchdog_ms(void);

/* How many descriptors were handed over; the first is 3. */
int notify_listeners(void);

#endif
