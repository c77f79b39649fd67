/*
 * table.h - rows of named values: aligned for people, or for programs by tabs or as JSON
 *
 *	table_open, table_add …, table_close
 *
 * The same columns in three forms. For people there is a header, sizes and times are short,
 * and the rows are printed when all are known, since the widths depend on all. For programs
 * each row is printed as it comes, unless they are to be sorted.
 *
 * Owns:    copies of the rows, from table_open() to table_close()
 * Returns: 0, or -1 with *c filled in
 * Not here: where the rows come from
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/complaint.h"

enum table_form {
	TABLE_PEOPLE,
	TABLE_TABS, /* a line each; empty values at its end are left out, with their tabs */
	TABLE_JSON, /* an object a line */
};

enum table_kind {
	TABLE_TEXT,
	TABLE_NUMBER,
	TABLE_SIZE, /* bytes */
	TABLE_TIME, /* seconds since 1970 */
	TABLE_FLAG, /* in JSON true or false, else its name or nothing */
};

struct table_column {
	const char *name; /* JSON's member; in capitals people's header; what --sort calls it */
	enum table_kind kind;
	bool json_only;
};

struct table_value {
	const char *text; /* of a TABLE_TEXT; NULL: it is not known, '-' in lines, not in JSON */
	size_t len;
	uint64_t number; /* of the others */
};

/* What the command line says of it. */
struct table_options {
	enum table_form form;
	const char *sort; /* a column's name, after '-' for largest first; NULL: as they come */
};

struct table;

/*
 * `columns` must stay. `label` is NULL, or stands before each line of tabs, so that it can be told
 * from others.
 */
int table_open(struct table **table_r, const struct table_column *columns, size_t count,
    const char *label, const struct table_options *options, struct complaint *c);

/* One value for each column. */
int table_add(struct table *t, const struct table_value *values, struct complaint *c);

/* Prints what is not printed yet; sets *t to NULL, which it may be. */
void table_close(struct table **t);

#endif
