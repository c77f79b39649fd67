/*
 * policy-rig.h - an engine with its resolver, log and clock, for tests of what stands on them
 *
 * The clock stands still until a test moves it. DNS is a socket of the test's, which answers when
 * it is told to. The log goes to a file in memory.
 */
#ifndef TESTS_POLICY_RIG_H
#define TESTS_POLICY_RIG_H

#include "policy/config-file.h"
#include "policy/engine.h"

#include <arpa/inet.h>
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static int64_t rig_time = 1000000;

static inline int64_t
rig_clock(void)
{
	return rig_time;
}

struct policy_rig {
	struct loop *loop;
	struct config *config;
	struct resolver *resolver;
	struct log *log;
	struct engine engine;
	int dns;
	int log_fd;
};

/* A socket that stands for the DNS server; its address in text. */
static inline int
rig_dns_open(char *text, size_t cap)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	snprintf(text, cap, "127.0.0.1:%d", ntohs(in.sin_port));
	return fd;
}

/* One question that has come, answered: no such name. False: none comes. */
static inline bool
rig_dns_deny(int fd, int wait_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	struct sockaddr_in peer;
	socklen_t len = sizeof(peer);
	uint8_t m[512];
	size_t end = 12;

	if (poll(&p, 1, wait_ms) != 1) {
		return false;
	}
	ck_assert_int_gt(recvfrom(fd, m, sizeof(m), 0, (struct sockaddr *)&peer, &len), 16);
	while (m[end] != 0) {
		end += 1u + m[end];
	}
	end += 5;
	m[2] = 0x81;
	m[3] = 0x83;
	memset(m + 6, 0, 6); /* no records */
	ck_assert_int_eq(sendto(fd, m, end, 0, (struct sockaddr *)&peer, len), (ssize_t)end);
	return true;
}

/* The log, from here on in memory. */
static inline int
rig_log_open(void)
{
	int fd = memfd_create("log", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	return fd;
}

static inline bool
rig_log_has(int fd, const char *text)
{
	static char bytes[65536];
	ssize_t n = pread(fd, bytes, sizeof(bytes) - 1, 0);

	ck_assert_int_ge(n, 0);
	return memmem(bytes, (size_t)n, text, strlen(text)) != NULL;
}

/* relay: the value of that key. */
static inline void
rig_begin(struct policy_rig *r, const char *relay)
{
	char server[64], text[1024], error[CONFIG_ERROR_MAX] = "";
	struct resolver_settings settings = {
	    .servers = server, .timeout_ms = 1000, .tries = 1, .keep_stale_ms = 2000};
	const char *why = "";
	int n;

	*r = (struct policy_rig){0};
	r->log_fd = rig_log_open();
	r->dns = rig_dns_open(server, sizeof(server));
	n = snprintf(text, sizeof(text),
	    "listen: [ 'unix:/x' ]\nidentity: { names: [me.test], addresses: [192.0.2.1] }\n"
	    "dns: { servers: ['%s'], timeout: 1s, tries: 1 }\nrelay: %s\n",
	    server, relay);
	r->config = config_from_text("rig", text, (size_t)n, error);
	ck_assert_msg(r->config != NULL, "%s", error);
	r->loop = loop_new_with_clock(rig_clock);
	r->log = log_new();
	r->resolver = resolver_new(r->loop, &settings, &why);
	ck_assert_msg(r->resolver != NULL, "%s", why);
	r->engine.config = r->config;
	r->engine.loop = r->loop;
	r->engine.resolver = r->resolver;
	r->engine.log = r->log;
	r->engine.zones = dnsbl_health_new(r->loop, r->resolver, r->log);
	dnsbl_health_configure(r->engine.zones, r->config);
}

/* Some turns without waiting: all that is ready, and all timers that are due. */
static inline void
rig_turn(struct policy_rig *r)
{
	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(loop_turn(r->loop, 0), 0);
	}
	log_flush(r->log);
}

static inline void
rig_wait(struct policy_rig *r, int64_t ms)
{
	rig_time += ms;
	rig_turn(r);
}

static inline void
rig_end(struct policy_rig *r)
{
	dnsbl_health_free(r->engine.zones);
	resolver_free(r->resolver);
	loop_free(r->loop);
	config_free(r->config);
	log_free(r->log);
	close(r->dns);
	close(r->log_fd);
}

#endif
