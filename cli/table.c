/*
 * table.c - see table.h
 */
#include "cli/table.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cli/json.h"
#include "cli/size.h"
#include "cli/timestamp.h"
#include "mime/utf8.h"

enum {
	GAP = 2,
	ROWS_FIRST = 64,
	VALUE_MAX = 40, /* bytes of a value that is no text, with its NUL */
};
static_assert((int)VALUE_MAX >= (int)TIMESTAMP_MAX && (int)VALUE_MAX >= (int)SIZE_TEXT_MAX, "room");

struct row {
	size_t place; /* among those that were added */
	struct table_value values[];
};

struct table {
	const struct table_column *columns;
	size_t columns_count;
	const char *label;
	struct table_options options;
	size_t sort_by; /* a column; columns_count: none */
	bool descending;
	size_t count, room;
	struct row **rows;
};

static bool
is_streamed(const struct table *t)
{
	return t->options.form != TABLE_PEOPLE && t->sort_by == t->columns_count;
}

/* "size, expires or name" */
static void
name_columns(const struct table_column *columns, size_t count, char *text, size_t cap)
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < count && len < cap; i++) {
		const char *before = i == 0 ? "" : i == count - 1 ? " or " : ", ";

		len += (size_t)snprintf(text + len, cap - len, "%s%s", before, columns[i].name);
	}
}

static int
find_sort(struct table *t, struct complaint *c)
{
	const char *name = t->options.sort;
	char names[COMPLAINT_MAX / 2];

	t->sort_by = t->columns_count;
	if (name == NULL) {
		return 0;
	}
	t->descending = name[0] == '-';
	name += t->descending;
	for (size_t i = 0; i < t->columns_count; i++) {
		if (strcmp(t->columns[i].name, name) == 0) {
			t->sort_by = i;
			return 0;
		}
	}
	name_columns(t->columns, t->columns_count, names, sizeof(names));
	return complain(c, EX_USAGE, "bad --sort '%.50s': it is %s, after '-' for largest first",
	    t->options.sort, names);
}

int
table_open(struct table **table_r, const struct table_column *columns, size_t count,
    const char *label, const struct table_options *options, struct complaint *c)
{
	struct table *t = calloc(1, sizeof(*t));

	*table_r = NULL;
	if (t == NULL) {
		return complain(c, EX_TEMPFAIL, "out of memory");
	}
	t->columns = columns;
	t->columns_count = count;
	t->label = label;
	t->options = *options;
	if (find_sort(t, c) != 0) {
		free(t);
		return -1;
	}
	*table_r = t;
	return 0;
}

/* A value as a line shows it, without what could end a line or move a cursor; to be freed. */
static char *
value_text(const struct table *t, size_t column, const struct table_value *v)
{
	const struct table_column *k = &t->columns[column];
	bool people = t->options.form == TABLE_PEOPLE;
	char text[VALUE_MAX];
	const char *shown = text;
	char *copy;

	switch (k->kind) {
	case TABLE_TEXT:
		copy = v->text == NULL ? strdup("-") : strndup(v->text, v->len);
		if (copy != NULL) {
			utf8_tame(copy);
		}
		return copy;
	case TABLE_FLAG:
		shown = v->number != 0 ? k->name : "";
		break;
	case TABLE_TIME:
		shown = people ? timestamp_local(v->number, text) : timestamp(v->number, text);
		break;
	case TABLE_SIZE:
	case TABLE_NUMBER:
		if (people && k->kind == TABLE_SIZE) {
			size_short(v->number, text);
		} else {
			snprintf(text, sizeof(text), "%" PRIu64, v->number);
		}
	}
	return strdup(shown);
}

static bool
is_empty(const struct table_column *k, const struct table_value *v)
{
	return k->json_only || (k->kind == TABLE_TEXT && v->text != NULL && v->len == 0) ||
	    (k->kind == TABLE_FLAG && v->number == 0);
}

static void
print_tabs(const struct table *t, const struct table_value *values)
{
	size_t end = t->columns_count;
	const char *tab = "";

	while (end > 0 && is_empty(&t->columns[end - 1], &values[end - 1])) {
		end--;
	}
	if (t->label != NULL) {
		fputs(t->label, stdout);
		tab = "\t";
	}
	for (size_t i = 0; i < end; i++) {
		char *text;

		if (t->columns[i].json_only) {
			continue;
		}
		text = value_text(t, i, &values[i]);
		printf("%s%s", tab, text == NULL ? "" : text);
		free(text);
		tab = "\t";
	}
	putchar('\n');
}

static void
print_json(const struct table *t, const struct table_value *values)
{
	int first = 1;

	for (size_t i = 0; i < t->columns_count; i++) {
		const struct table_column *k = &t->columns[i];
		const struct table_value *v = &values[i];

		if (k->kind == TABLE_FLAG) {
			json_flag(stdout, &first, k->name, v->number != 0);
		} else if (k->kind != TABLE_TEXT) {
			json_number(stdout, &first, k->name, v->number);
		} else if (v->text != NULL) {
			json_text(stdout, &first, k->name, v->text, v->len);
		}
	}
	puts("}");
}

static void
print_for_program(const struct table *t, const struct table_value *values)
{
	if (t->options.form == TABLE_JSON) {
		print_json(t, values);
	} else {
		print_tabs(t, values);
	}
}

/* One allocation: the row, then its texts. */
static struct row *
row_copy(const struct table *t, const struct table_value *values)
{
	size_t head = sizeof(struct row) + t->columns_count * sizeof(values[0]), texts = 0;
	struct row *row;
	char *at;

	for (size_t i = 0; i < t->columns_count; i++) {
		texts += values[i].text == NULL ? 0 : values[i].len;
	}
	row = malloc(head + texts);
	if (row == NULL) {
		return NULL;
	}
	row->place = t->count;
	at = (char *)row + head;
	for (size_t i = 0; i < t->columns_count; i++) {
		row->values[i] = values[i];
		if (values[i].text != NULL) {
			memcpy(at, values[i].text, values[i].len);
			row->values[i].text = at;
			at += values[i].len;
		}
	}
	return row;
}

int
table_add(struct table *t, const struct table_value *values, struct complaint *c)
{
	struct row *row;

	if (is_streamed(t)) {
		print_for_program(t, values);
		return 0;
	}
	if (t->count == t->room) {
		size_t room = t->room == 0 ? ROWS_FIRST : t->room * 2;
		/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
		struct row **rows = realloc(t->rows, room * sizeof(rows[0]));

		if (rows == NULL) {
			return complain(c, EX_TEMPFAIL, "out of memory");
		}
		t->rows = rows;
		t->room = room;
	}
	row = row_copy(t, values);
	if (row == NULL) {
		return complain(c, EX_TEMPFAIL, "out of memory");
	}
	t->rows[t->count++] = row;
	return 0;
}

static int
compare_values(enum table_kind kind, const struct table_value *a, const struct table_value *b)
{
	size_t a_len = a->text == NULL ? 0 : a->len, b_len = b->text == NULL ? 0 : b->len;
	size_t shorter = a_len < b_len ? a_len : b_len;
	int order = 0;

	if (kind != TABLE_TEXT) {
		return (a->number > b->number) - (a->number < b->number);
	}
	if (shorter > 0) {
		order = memcmp(a->text, b->text, shorter);
	}
	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

static int
compare_rows(const void *a, const void *b, void *arg)
{
	const struct table *t = arg;
	const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;
	int order = compare_values(
	    t->columns[t->sort_by].kind, &x->values[t->sort_by], &y->values[t->sort_by]);

	order = t->descending ? -order : order;
	return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

static bool
is_right(enum table_kind kind)
{
	return kind == TABLE_NUMBER || kind == TABLE_SIZE;
}

/* A cell, and the gap before the next. Blanks at a line's end are not printed: *blanks are due. */
static void
print_cell(const char *text, size_t width, bool right, size_t *blanks)
{
	size_t columns = utf8_columns(text), fill = width > columns ? width - columns : 0;

	*blanks += right ? fill : 0;
	if (columns > 0) {
		printf("%*s%s", (int)*blanks, "", text);
		*blanks = 0;
	}
	*blanks += (right ? 0 : fill) + GAP;
}

static void
header_text(const char *name, char *text, size_t cap)
{
	size_t i;

	for (i = 0; i < cap - 1 && name[i] != '\0'; i++) {
		char c = name[i];

		text[i] = (char)(c == '_' ? ' ' : c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	text[i] = '\0';
}

static void
print_lines(const struct table *t, const size_t *width)
{
	size_t blanks = 0;

	for (size_t i = 0; i < t->columns_count; i++) {
		char header[COMPLAINT_MAX];

		if (!t->columns[i].json_only) {
			header_text(t->columns[i].name, header, sizeof(header));
			print_cell(header, width[i], is_right(t->columns[i].kind), &blanks);
		}
	}
	putchar('\n');
	for (size_t r = 0; r < t->count; r++) {
		blanks = 0;
		for (size_t i = 0; i < t->columns_count; i++) {
			char *text;

			if (t->columns[i].json_only) {
				continue;
			}
			text = value_text(t, i, &t->rows[r]->values[i]);
			print_cell(text == NULL ? "" : text, width[i], is_right(t->columns[i].kind),
			    &blanks);
			free(text);
		}
		putchar('\n');
	}
}

static void
print_for_people(const struct table *t)
{
	size_t *width = calloc(t->columns_count, sizeof(*width));

	if (width == NULL || t->count == 0) {
		free(width);
		return;
	}
	for (size_t i = 0; i < t->columns_count; i++) {
		width[i] = strlen(t->columns[i].name);
		for (size_t r = 0; r < t->count; r++) {
			char *text = value_text(t, i, &t->rows[r]->values[i]);
			size_t columns = text == NULL ? 0 : utf8_columns(text);

			width[i] = columns > width[i] ? columns : width[i];
			free(text);
		}
	}
	print_lines(t, width);
	free(width);
}

void
table_close(struct table **table)
{
	struct table *t = *table;

	if (t == NULL) {
		return;
	}
	if (t->sort_by < t->columns_count && t->count > 0) {
		/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
		qsort_r(t->rows, t->count, sizeof(t->rows[0]), compare_rows, t);
	}
	if (t->options.form == TABLE_PEOPLE) {
		print_for_people(t);
	}
	for (size_t i = 0; i < t->count; i++) {
		if (t->options.form != TABLE_PEOPLE) {
			print_for_program(t, t->rows[i]->values);
		}
		free(t->rows[i]);
	}
	free(t->rows);
	free(t);
	*table = NULL;
}
