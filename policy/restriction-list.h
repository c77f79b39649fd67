/*
 * restriction-list.h - a list of smtpd restrictions, word by word
 *
 * Restriction classes are followed, "check_policy_service { ... }" is one word with its argument.
 *
 * Not here: what the restrictions do (check-postfix.c)
 */
#ifndef POLICY_RESTRICTION_LIST_H
#define POLICY_RESTRICTION_LIST_H

#include "policy/limits.h"
#include "policy/postfix-settings.h"

struct restriction {
	char word[64];
	char argument[RESTRICTION_WORD_MAX]; /* of check_policy_service, without braces */
};

struct restrictions {
	struct restriction item[RESTRICTIONS_MAX];
	unsigned count;
};

/* Adds what the value says. What is too long, or beyond RESTRICTIONS_MAX, is cut off. */
void restrictions_add(struct restrictions *r, const struct postfix_settings *settings,
    const struct postfix_service *service, const char *value);

/* The first place at or after from where one of the words stands, or count. */
unsigned restrictions_find(const struct restrictions *r, unsigned from, const char *const *words);

#endif
