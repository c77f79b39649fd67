/*
 * waiting.c - see waiting.h
 */
#include "exim/waiting.h"

#include <stdbool.h>
#include <string.h>

#include "exim/needed.h"
#include "exim/program.h"
#include "exim/rules.h"
#include "spool/id-set.h"

static bool
reads(const struct exim_config *exim, const char *path)
{
	char spool[RULE_PATH_BYTES];

	for (size_t i = 0; i < exim->transports.count; i++) {
		const struct section *t = &exim->transports.section[i];

		if (check_is_filtered(t) && strcmp(check_spool(t, spool), path) == 0) {
			return true;
		}
	}
	return false;
}

size_t
waiting_for(const char *path)
{
	struct exim_config exim = {.version = NULL};
	struct id_set *set = NULL;
	struct exim_fail why;
	struct spool_fail full = {0};
	char queue[OPTION_BYTES];
	const char *program = exim_program(NULL, &why);
	size_t count = 0;

	if (program != NULL && exim_config_read(program, NULL, &exim, &why) == 0 &&
	    reads(&exim, path) && exim_spool(program, queue, sizeof(queue), &why) == 0 &&
	    id_set_new(&set, &full) == 0 && needed_collect(queue, set, &why) == 0) {
		count = id_set_seal(set);
	}
	id_set_free(&set);
	exim_config_free(&exim);
	return count;
}
