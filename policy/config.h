/*
 * config.h - the whole configuration as values, read once, never changed
 *
 * Owns: all it points to. Not here: the file it comes from (config-file.h), acting on it
 */
#ifndef POLICY_CONFIG_H
#define POLICY_CONFIG_H

#include "policy/dnsbl.h"
#include "policy/endpoint.h"
#include "policy/identity.h"
#include "policy/relay-verdict.h"

enum config_dnsbl_for { CONFIG_DNSBL_BACKUP, CONFIG_DNSBL_ALL };

enum config_unknown { CONFIG_UNKNOWN_ACCEPT, CONFIG_UNKNOWN_DEFER, CONFIG_UNKNOWN_REJECT };

enum config_unseen { CONFIG_UNSEEN_DEFER, CONFIG_UNSEEN_ACCEPT, CONFIG_UNSEEN_REFUSE };

enum config_health { CONFIG_HEALTH_OFF, CONFIG_HEALTH_OBSERVE };

/* What becomes of mail for a domain while its primary is up. */
enum config_while_up {
	CONFIG_WHILE_UP_OBSERVE, /* taken, and counted */
	CONFIG_WHILE_UP_ACCEPT,
	CONFIG_WHILE_UP_DEFER,
	CONFIG_WHILE_UP_REFUSE_NEW,
};

struct config {
	struct endpoint listen[LISTENERS_MAX];
	unsigned listen_count;
	struct endpoint control;
	struct endpoint metrics;
	char *user;  /* to become after opening sockets, or NULL */
	char *state; /* directory, or NULL */
	struct identity identity;
	char *dns_servers; /* "address:port,...", or NULL for resolv.conf */
	int dns_timeout_ms;
	int dns_tries;
	int64_t keep_stale_ms;
	struct relay_rules relay;
	bool relay_given;
	struct dnsbl_zone dnsbl[DNSBL_ZONES_MAX];
	unsigned dnsbl_count;
	int reject_score;
	enum config_dnsbl_for dnsbl_for;
	int64_t dnsbl_test_ms;
	char *recipient_files[RECIPIENT_FILES_MAX];
	unsigned recipient_file_count;
	enum config_unknown unknown;
	char recipient_delimiter[DELIMITERS_MAX + 1]; /* each of these characters; may be empty */
	bool learn;                                   /* recipients, from the primaries */
	enum config_unseen unseen;                    /* of these, while the primary is down */
	enum config_health health;
	enum config_while_up while_up;
	uint16_t health_port;
	int64_t health_interval_ms;
	bool dry_run;
	uint64_t fingerprint; /* of the text it was read from */
};

/* The defaults. NULL when out of memory. */
struct config *config_new(void);

void config_free(struct config *c);

/* Whether the primaries are watched: `primary-health` says so, or something needs it. */
bool config_watches(const struct config *c);

/* Every answer is given within this time. */
int64_t config_deadline_ms(const struct config *c);

/* What is allowed but would bite. Calls back for each. */
void config_warnings(
    const struct config *c, void (*warn)(void *context, const char *text), void *context);

/* Every server of the list is on loopback. */
bool config_servers_are_local(const char *servers);

const char *config_mode_name(enum relay_mode mode);

#endif
