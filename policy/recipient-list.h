/*
 * recipient-list.h - the recipients that exist, from files, a million of them if need be
 *
 * A file has one address a line, "user@example.org" or "@example.org" for all of a domain; what
 * follows white space and lines beginning with '#' is skipped, so that Postfix's maps fit. Case
 * does not matter. A list is loaded in steps, so that a reload never holds up answers, and is
 * complete or not at all: a bad line, an unreadable or an empty file fails the load.
 *
 * Owns: its memory. Errors: RECIPIENT_LIST_FAILED with a sentence
 * Not here: what becomes of unknown recipients; when to reload (recipient-watch.h)
 */
#ifndef POLICY_RECIPIENT_LIST_H
#define POLICY_RECIPIENT_LIST_H

#include "policy/mailbox.h"

#include <stdio.h>

struct recipient_list;
struct recipient_load;

enum recipient_step {
	RECIPIENT_STEP_MORE,
	RECIPIENT_STEP_DONE,
	RECIPIENT_STEP_FAILED,
};

/* NULL when out of memory. The paths must outlive the load. */
struct recipient_load *recipient_load_begin(char *const *files, unsigned count);

/* A bounded piece of work. On FAILED, error (CONFIG_ERROR_MAX bytes) says why. */
enum recipient_step recipient_load_step(struct recipient_load *load, char *error);

/* After DONE: the list, now the caller's. */
struct recipient_list *recipient_load_take(struct recipient_load *load);

void recipient_load_free(struct recipient_load *load);

bool recipient_list_has(const struct recipient_list *list, const struct mailbox *m);

/* Whether any recipient of the domain is listed, or all of it. */
bool recipient_list_has_domain(const struct recipient_list *list, const struct domain_name *domain);

/* The domains of which a recipient is listed: domain i, below the count. */
size_t recipient_list_domain_count(const struct recipient_list *list);

const char *recipient_list_domain(const struct recipient_list *list, size_t i, size_t *len);

/* The same as recipient_list_has(), also without the address extension that one of the delimiters
 * begins. */
bool recipient_list_has_base(
    const struct recipient_list *list, const struct mailbox *m, const char *delimiters);

/* As a file that can be loaded again, and about how many bytes that takes. */
void recipient_list_write(const struct recipient_list *list, FILE *f);

size_t recipient_list_bytes(const struct recipient_list *list);

size_t recipient_list_count(const struct recipient_list *list);

void recipient_list_free(struct recipient_list *list);

#endif
