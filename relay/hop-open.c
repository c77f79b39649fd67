/*
 * hop-open.c - see hop.h: connection, EHLO, TLS, login
 */
#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "relay/dial.h"
#include "relay/hop.h"

static enum hop_status
connect_to(struct hop *h)
{
	const struct hop_target *t = &h->target;
	struct vigil *vigil = h->wire.vigil;
	enum wire_status status;
	char why[160];
	int fd = dial(t->address, t->addresses, &t->source4, &t->source6, vigil, &h->which, &status,
	    why, sizeof(why));

	hop_drop(h);
	if (fd < 0 && status == WIRE_BROKEN) {
		snprintf(h->why, sizeof(h->why), "4.4.1 cannot connect to %s port %u %s",
		    t->host[0] != '\0' ? t->host : "the next hop", t->port, why);
		return HOP_FAILED;
	}
	wire_begin(&h->wire, fd, vigil);
	return fd < 0 ? hop_wire_failed(h, status, "connecting") : HOP_FINE;
}

/* A failure to shake hands, by its cause. */
static enum hop_status
tls_failed(struct hop *h, enum wire_status status)
{
	if (status == WIRE_GONE || status == WIRE_STOPPED) {
		return hop_wire_failed(h, status, "TLS");
	}
	return hop_fail(h, "4.7.5", "TLS: %s", wire_why(&h->wire, status));
}

enum hop_status
hop_dial(struct hop *h)
{
	enum hop_status status = connect_to(h);

	if (status != HOP_FINE) {
		return status;
	}
	if (h->target.implicit_tls) {
		enum wire_status wire = tls_start(
		    &h->wire, h->tls, h->target.host, h->target.tls, vigil_now() + HANDSHAKE_MS);

		if (wire != WIRE_FINE) {
			return tls_failed(h, wire);
		}
	}
	status = hop_read(h, vigil_now() + GREETING_MS, "greeting");
	if (status == HOP_FINE && h->reply.code != 220) {
		return hop_fail(
		    h, "4.3.0", "greeting: it said: %u %.300s", h->reply.code, h->said.text);
	}
	return status;
}

static enum hop_status
ehlo(struct hop *h)
{
	char command[LMTP_NAME_MAX + 16];
	int n = snprintf(command, sizeof(command), "EHLO %s\r\n", h->name);
	enum hop_status status = hop_ask(h, command, (size_t)n, "EHLO");

	if (status != HOP_FINE) {
		return status;
	}
	if (h->reply.code != 250) {
		return hop_fail(
		    h, "4.3.0", "EHLO: it said: %u %.300s", h->reply.code, h->said.text);
	}
	smtp_offers_read(&h->reply, &h->offers);
	return HOP_FINE;
}

/* TLS failed where nobody requires it: once more, in clear. */
static enum hop_status
again_in_clear(struct hop *h)
{
	enum hop_status status;

	h->in_clear = true;
	status = hop_dial(h);
	return status == HOP_FINE ? ehlo(h) : status;
}

static enum hop_status
starttls(struct hop *h)
{
	bool required = h->target.tls != TLS_OPPORTUNISTIC;
	enum hop_status status;
	enum wire_status wire;

	if (h->wire.ssl != NULL || h->in_clear) {
		return HOP_FINE;
	}
	if (!h->offers.starttls) {
		return required ? hop_fail(h, "4.7.4", "offers no TLS, which is required")
		                : HOP_FINE;
	}
	status = hop_ask(h, "STARTTLS\r\n", 10, "STARTTLS");
	if (status != HOP_FINE) {
		return status;
	}
	if (h->reply.code != 220) {
		return required ? hop_fail(h, "4.7.4", "STARTTLS: it said: %u %.300s",
		                      h->reply.code, h->said.text)
		                : HOP_FINE;
	}
	if (h->wire.have > h->wire.at) {
		/* somebody put them there, to be taken for what comes in TLS */
		return hop_fail(h, "4.7.5", "sent more before TLS began");
	}
	wire = tls_start(
	    &h->wire, h->tls, h->target.host, h->target.tls, vigil_now() + HANDSHAKE_MS);
	if (wire == WIRE_FINE) {
		return ehlo(h);
	}
	if (required || wire == WIRE_GONE || wire == WIRE_STOPPED) {
		return tls_failed(h, wire);
	}
	return again_in_clear(h);
}

/* Writes `before`, the base64 of some bytes and CRLF. Returns the length. */
static size_t
encode(char *out, const char *before, const char *p, size_t len)
{
	size_t n = strlen(before);

	memcpy(out, before, n);
	n += (size_t)EVP_EncodeBlock((uint8_t *)out + n, (const uint8_t *)p, (int)len);
	memcpy(out + n, "\r\n", 2);
	return n + 2;
}

static enum hop_status
login_plain(struct hop *h)
{
	const struct hop_target *t = &h->target;
	size_t user = strlen(t->user), password = strlen(t->password);
	char secret[2 * PASSWORD_MAX + 2], command[sizeof(secret) * 4 / 3 + 32];
	enum hop_status status;

	secret[0] = '\0';
	memcpy(secret + 1, t->user, user + 1);
	memcpy(secret + 2 + user, t->password, password);
	status = hop_ask(
	    h, command, encode(command, "AUTH PLAIN ", secret, 2 + user + password), "AUTH");
	OPENSSL_cleanse(secret, sizeof(secret));
	OPENSSL_cleanse(command, sizeof(command));
	return status;
}

static enum hop_status
login_login(struct hop *h)
{
	const struct hop_target *t = &h->target;
	char command[PASSWORD_MAX * 4 / 3 + 32];
	enum hop_status status = hop_ask(h, "AUTH LOGIN\r\n", 12, "AUTH");

	if (status == HOP_FINE && h->reply.code == 334) {
		status = hop_ask(h, command, encode(command, "", t->user, strlen(t->user)), "AUTH");
	}
	if (status == HOP_FINE && h->reply.code == 334) {
		status = hop_ask(
		    h, command, encode(command, "", t->password, strlen(t->password)), "AUTH");
	}
	OPENSSL_cleanse(command, sizeof(command));
	return status;
}

static enum hop_status
login(struct hop *h)
{
	enum hop_status status;

	if (h->target.user[0] == '\0') {
		return HOP_FINE;
	}
	assert(h->target.tls == TLS_VERIFIED && h->wire.ssl != NULL);
	if (!h->offers.auth_plain && !h->offers.auth_login) {
		return hop_fail(h, "4.7.8", "offers neither AUTH PLAIN nor AUTH LOGIN");
	}
	status = h->offers.auth_plain ? login_plain(h) : login_login(h);
	if (status == HOP_FINE && h->reply.code != 235) {
		return hop_fail(
		    h, "4.7.8", "login: it said: %u %.300s", h->reply.code, h->said.text);
	}
	return status;
}

enum hop_status
hop_hello(struct hop *h, const char *name)
{
	enum hop_status status;

	if (h->name != name) {
		snprintf(h->name, sizeof(h->name), "%s", name);
	}
	status = ehlo(h);
	if (status == HOP_FINE) {
		status = starttls(h);
	}
	return status == HOP_FINE ? login(h) : status;
}
