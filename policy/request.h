/*
 * request.h - one request of Postfix's policy delegation protocol
 *
 * name=value lines, LF only, an empty line at the end. The order does not matter, unknown names
 * are skipped, of a name given twice the first counts, absent is the same as empty. Values point
 * into the bytes given.
 *
 * Returns: an enum saying what is wrong with bytes that are no request
 * Not here: reading sockets, judging values
 */
#ifndef POLICY_REQUEST_H
#define POLICY_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

enum request_status {
	REQUEST_OK,
	REQUEST_MORE,      /* no empty line yet */
	REQUEST_TOO_LONG,  /* REQUEST_MAX bytes without an end, or too many lines */
	REQUEST_EMPTY,     /* an empty line alone */
	REQUEST_MALFORMED, /* a line without '=' or without a name, NUL, CR */
};

struct request_value {
	const char *text;
	size_t len;
};

struct request {
	struct request_value request;
	struct request_value protocol_state;
	struct request_value policy_context;
	struct request_value client_address;
	struct request_value helo_name;
	struct request_value sender;
	struct request_value recipient;
	struct request_value queue_id;
	struct request_value instance;
};

/*
 * Looks for the end of the first request. *scanned remembers how far earlier calls looked, and
 * starts as 0; *end is the length of the request with its empty line.
 */
enum request_status request_find_end(const char *bytes, size_t len, size_t *scanned, size_t *end);

/* bytes: exactly what request_find_end() delimited. */
enum request_status request_parse(struct request *r, const char *bytes, size_t len);

const char *request_status_text(enum request_status status);

bool request_value_is(const struct request_value *v, const char *text);

#endif
