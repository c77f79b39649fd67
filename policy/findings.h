/*
 * findings.h - what a check of a configuration has found, as lines and as an exit status
 */
#ifndef POLICY_FINDINGS_H
#define POLICY_FINDINGS_H

struct findings {
	unsigned errors;
	unsigned warnings;
};

/* "error: ..." on standard output. */
__attribute__((format(printf, 2, 3))) void findings_error(
    struct findings *f, const char *format, ...);

__attribute__((format(printf, 2, 3))) void findings_warning(
    struct findings *f, const char *format, ...);

/* Says so when there is nothing. EX_OK, 1 for warnings only, or EX_DATAERR. */
int findings_status(const struct findings *f);

/* A whole file of at most CONFIG_SIZE_MAX bytes, NUL-terminated, or NULL with a sentence said. */
char *findings_read_file(const char *path);

#endif
