/*
 * policy-facts.h - a table of DNS facts as text, for tests of verdicts without any socket
 *
 * A zone is "TYPE NAME = VALUE ...; ..." with MX values "10:host" and "0:" for the null MX, or one
 * of nodata, nxdomain, failed, waiting, alias:NAME; "stale" and "for:SECONDS" before the
 * values. What is not in the table does not exist.
 */
#ifndef TESTS_POLICY_FACTS_H
#define TESTS_POLICY_FACTS_H

#include "policy/facts.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fact_table {
	const char *text;
	unsigned looks;
	/* An answer stays until its slot is used again. */
	union dns_answer_room *rooms[512];
	unsigned used;
};

static inline void
fact_table_finish(struct fact_table *t)
{
	for (unsigned i = 0; i < t->used; i++) {
		free(t->rooms[i]);
	}
	t->used = 0;
}

static inline void
fact_table_value(struct fact *f, union dns_answer_room *room, enum dns_type type, const char *value)
{
	struct address a;

	if (strcmp(value, "stale") == 0) {
		f->state = FACT_STALE;
	} else if (strncmp(value, "for:", 4) == 0) {
		f->same_ms = strtoll(value + 4, NULL, 10) * 1000;
	} else if (strcmp(value, "nodata") == 0) {
		room->answer.outcome = DNS_NODATA;
	} else if (strcmp(value, "nxdomain") == 0) {
		room->answer.outcome = DNS_NXDOMAIN;
	} else if (strcmp(value, "failed") == 0) {
		f->state = FACT_FAILED;
	} else if (strcmp(value, "waiting") == 0) {
		f->state = FACT_WAITING;
	} else if (strncmp(value, "alias:", 6) == 0) {
		ck_assert(dns_answer_set_alias(room, value + 6, strlen(value + 6)));
	} else if (type == DNS_MX) {
		char *end;
		unsigned long preference = strtoul(value, &end, 10);

		ck_assert_msg(*end == ':', "'%s'", value);
		ck_assert(dns_answer_add_mx(room, (uint16_t)preference, end + 1, strlen(end + 1)));
	} else {
		ck_assert_msg(address_parse(&a, value, strlen(value)), "'%s'", value);
		ck_assert(dns_answer_add_address(room, &a));
	}
}

static inline struct fact
fact_table_look(void *context, enum dns_type type, const char *name, size_t len)
{
	struct fact_table *t = context;
	union dns_answer_room *room = calloc(1, sizeof(*room));
	struct fact f = {.state = FACT_FRESH, .answer = &room->answer};
	char key[300], *copy = strdup(t->text), *save, *entry;

	ck_assert_uint_lt(t->used, sizeof(t->rooms) / sizeof(t->rooms[0]));
	t->rooms[t->used++] = room;
	t->looks++;
	dns_answer_clear(room, type, DNS_NXDOMAIN);
	snprintf(key, sizeof(key), "%s %.*s =", dns_type_name(type), (int)len, name);
	for (entry = strtok_r(copy, ";", &save); entry != NULL;
	     entry = strtok_r(NULL, ";", &save)) {
		char *inner, *word;

		entry += strspn(entry, " ");
		if (strncmp(entry, key, strlen(key)) != 0) {
			continue;
		}
		room->answer.outcome = DNS_DATA;
		for (word = strtok_r(entry + strlen(key), " ", &inner); word != NULL;
		     word = strtok_r(NULL, " ", &inner)) {
			fact_table_value(&f, room, type, word);
		}
		break;
	}
	free(copy);
	if (f.state == FACT_FAILED || f.state == FACT_WAITING) {
		f.answer = NULL;
	}
	return f;
}

#endif
