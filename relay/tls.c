/*
 * tls.c - see tls.h
 */
#include "relay/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

struct ssl_ctx_st *
tls_begin(const struct relay_settings *s, char *error)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	bool fine = context != NULL;

	if (fine) {
		SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
		SSL_CTX_set_mode(context,
		    SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
		        SSL_MODE_RELEASE_BUFFERS);
		SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
		if (settings_verify(s)) {
			fine = (s->ca_file[0] != '\0'
			               ? SSL_CTX_load_verify_file(context, s->ca_file)
			               : SSL_CTX_set_default_verify_paths(context)) == 1;
		}
	}
	if (!fine) {
		unsigned long code = ERR_peek_last_error();

		snprintf(error, SETTINGS_ERROR_MAX,
		    "cannot load the certificate authorities%s%.300s: %s",
		    s->ca_file[0] != '\0' ? " of " : "", s->ca_file,
		    code != 0 ? ERR_reason_error_string(code) : "out of memory");
		SSL_CTX_free(context);
		return NULL;
	}
	return context;
}

void
tls_end(struct ssl_ctx_st *context)
{
	SSL_CTX_free(context);
}

static bool
is_address(const char *host)
{
	struct in6_addr a;

	return inet_pton(AF_INET, host, &a) == 1 || inet_pton(AF_INET6, host, &a) == 1;
}

/* Says whose certificate it must be. */
static bool
expect(SSL *ssl, const char *host, enum settings_tls policy)
{
	if (host[0] != '\0' && !is_address(host) && SSL_set_tlsext_host_name(ssl, host) != 1) {
		return false;
	}
	if (policy != TLS_VERIFIED) {
		SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
		return true;
	}
	SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
	if (is_address(host)) {
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
	}
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return host[0] != '\0' && SSL_set1_host(ssl, host) == 1;
}

/* A certificate that was refused says more than "certificate verify failed". */
static void
explain(struct wire *w)
{
	long verdict = SSL_get_verify_result(w->ssl);

	if (verdict != X509_V_OK) {
		snprintf(w->why, sizeof(w->why), "certificate not accepted: %s",
		    X509_verify_cert_error_string(verdict));
	}
}

enum wire_status
tls_start(struct wire *w, struct ssl_ctx_st *context, const char *host, enum settings_tls policy,
    int64_t deadline)
{
	enum wire_status status;
	int result;

	w->ssl = SSL_new(context);
	if (w->ssl == NULL || SSL_set_fd(w->ssl, w->fd) != 1 || !expect(w->ssl, host, policy)) {
		snprintf(w->why, sizeof(w->why), "%s",
		    host[0] == '\0' ? "no name to verify is known" : "out of memory");
		return WIRE_BROKEN;
	}
	do {
		ERR_clear_error();
		errno = 0;
		result = SSL_connect(w->ssl);
		status = result == 1 ? WIRE_FINE : wire_tls_wait(w, result, deadline);
	} while (status == WIRE_FINE && result != 1);
	if (status == WIRE_BROKEN && policy == TLS_VERIFIED) {
		explain(w);
	}
	return status;
}

void
tls_describe(const struct wire *w, enum settings_tls policy, char *text, size_t cap)
{
	if (w->ssl == NULL) {
		snprintf(text, cap, "none");
		return;
	}
	snprintf(text, cap, "%s/%s", SSL_get_version(w->ssl),
	    policy == TLS_VERIFIED ? "verified" : "unverified");
}

const char *
tls_cipher(const struct wire *w)
{
	return w->ssl != NULL ? SSL_get_cipher_name(w->ssl) : "none";
}
