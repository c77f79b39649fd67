/*
 * landlock.c - see landlock.h
 */
#include "filter/landlock.h"

#include <sys/syscall.h>
#include <unistd.h>

/* Everything about files that the first version of Landlock knows. */
static const uint64_t ALL_ACCESS = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

int
landlock_begin(void)
{
	struct landlock_ruleset_attr files = {.handled_access_fs = ALL_ACCESS};

	return (int)syscall(SYS_landlock_create_ruleset, &files, sizeof(files), 0);
}

void
landlock_allow(int rules, int folder, uint64_t access)
{
	struct landlock_path_beneath_attr rule = {
	    .allowed_access = access,
	    .parent_fd = folder,
	};

	if (rules >= 0 && folder >= 0) {
		syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	}
}

void
landlock_enforce(int rules)
{
	if (rules >= 0) {
		syscall(SYS_landlock_restrict_self, rules, 0);
		close(rules);
	}
}
