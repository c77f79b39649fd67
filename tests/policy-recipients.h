/*
 * policy-recipients.h - a recipient list made from text, for unit tests
 */
#ifndef TESTS_POLICY_RECIPIENTS_H
#define TESTS_POLICY_RECIPIENTS_H

#include "policy/recipient-list.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* NULL, and the reason in error (CONFIG_ERROR_MAX bytes), when the text is refused. */
static inline struct recipient_list *
recipient_list_from(const char *text, char *error)
{
	char path[] = "/tmp/policy-test-XXXXXX", *paths[] = {path};
	int fd = mkstemp(path);
	enum recipient_step step = RECIPIENT_STEP_MORE;
	struct recipient_load *load = recipient_load_begin(paths, 1);
	struct recipient_list *list = NULL;

	ck_assert_int_ge(fd, 0);
	ck_assert_ptr_nonnull(load);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	error[0] = 0;
	while (step == RECIPIENT_STEP_MORE) {
		step = recipient_load_step(load, error);
	}
	if (step == RECIPIENT_STEP_DONE) {
		list = recipient_load_take(load);
	}
	recipient_load_free(load);
	unlink(path);
	return list;
}

#endif
