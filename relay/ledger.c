/*
 * ledger.c - see ledger.h
 *
 * STATE/ledger: first the line "mailgraft ledger 1", then
 *
 *	d <32 hex: key> <seconds since 1970> <label>    the dot is about to be said
 *	t <32 hex: key> <seconds since 1970> <reply>    the next hop took it
 *	f <32 hex: key> <seconds since 1970>            it did not
 */
#include "relay/ledger.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "relay/ledger-table.h"
#include "spool/hex.h"

static const char FILE_NAME[] = "ledger", NEW_NAME[] = "ledger.new", LOCK_NAME[] = "ledger.lock";
static const char TITLE[] = "mailgraft ledger 1\n";

enum {
	LINE_MAX_BYTES = 2 + 2 * LEDGER_KEY_BYTES + 1 + 20 + 1 + LEDGER_LABEL_MAX + 1,
	LINE_USUAL = 100,
};

struct ledger {
	int state, lock, file;
	bool dirty;    /* something has not reached the disk */
	bool torn;     /* the last line was not written whole */
	uint64_t size; /* of the file */
	uint64_t live; /* of that, about, what is still needed */
	struct ledger_table table;
};

/* Formats a line; returns its length. Text is cut to fit, and has no control characters in it. */
static size_t
format_line(
    char line[LINE_MAX_BYTES + 1], char kind, const uint8_t *key, int64_t when, const char *text)
{
	char hex[2 * LEDGER_KEY_BYTES + 1];
	int n;

	*hex_encode(key, LEDGER_KEY_BYTES, hex) = '\0';
	n = snprintf(line, LINE_MAX_BYTES + 1, "%c %s %" PRId64 "%s%.*s", kind, hex, when,
	    text != NULL ? " " : "", LEDGER_LABEL_MAX, text != NULL ? text : "");
	assert(n > 0 && n < LINE_MAX_BYTES);
	for (int i = 0; i < n; i++) {
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f) {
			line[i] = '?';
		}
	}
	line[n++] = '\n';
	return (size_t)n;
}

static int
write_whole(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return -errno;
		}
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static int
append_line(struct ledger *l, char kind, const struct ledger_record *r, const char *text)
{
	char line[LINE_MAX_BYTES + 1];
	size_t len = format_line(line, kind, r->key, r->when, text);
	int e = l->torn ? write_whole(l->file, "\n", 1) : 0;

	if (e == 0) {
		e = write_whole(l->file, line, len);
	}
	l->torn = e < 0;
	l->dirty = true;
	l->size += len;
	return e;
}

/* --- reading */

struct line_reader {
	struct ledger *ledger;
	size_t skipped;
};

static bool
parse_line(const char *line, size_t len, uint8_t key[LEDGER_KEY_BYTES], int64_t *when,
    char text[LEDGER_LABEL_MAX + 1])
{
	const size_t number = 2 + 2 * LEDGER_KEY_BYTES + 1;
	size_t at = number, n = 0;

	if (len <= number || line[1] != ' ' || line[number - 1] != ' ' ||
	    hex_decode((const uint8_t *)line + 2, 2 * LEDGER_KEY_BYTES, key) != 0) {
		return false;
	}
	for (*when = 0; at < len && at < number + 18 && line[at] >= '0' && line[at] <= '9'; at++) {
		*when = *when * 10 + (line[at] - '0');
	}
	if (at == number || (at < len && line[at] != ' ')) {
		return false;
	}
	for (at++; at < len && n < LEDGER_LABEL_MAX; at++) {
		if ((unsigned char)line[at] < ' ' || line[at] == 0x7f) {
			return false;
		}
		text[n++] = line[at];
	}
	text[n] = '\0';
	return true;
}

static void
take_line(struct line_reader *reader, const char *line, size_t len)
{
	struct ledger_table *t = &reader->ledger->table;
	uint8_t key[LEDGER_KEY_BYTES];
	char text[LEDGER_LABEL_MAX + 1];
	struct ledger_record *r;
	int64_t when;

	if (len == 0) {
		return; /* what was torn ends with one */
	}
	if (!parse_line(line, len, key, &when, text) || strchr("dtf", line[0]) == NULL) {
		reader->skipped++;
		return;
	}
	r = ledger_table_find(t, key);
	if (line[0] == 'f') {
		if (r != NULL) {
			ledger_table_remove(t, r);
		}
		return;
	}
	if (r == NULL && (r = ledger_table_add(t, key)) == NULL) {
		reader->skipped++;
		return;
	}
	ledger_table_set(t, r, line[0] == 'd' ? STATE_UNCERTAIN : STATE_TAKEN, when, text);
}

static int
read_file(struct line_reader *reader)
{
	struct ledger *l = reader->ledger;
	FILE *f = fdopen(dup(l->file), "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int e;

	if (f == NULL) {
		return -errno;
	}
	errno = 0;
	for (bool first = true; (n = getline(&line, &cap, f)) > 0; first = false) {
		bool whole = line[n - 1] == '\n';

		l->size += (uint64_t)n;
		l->torn = !whole;
		if (first && strcmp(line, TITLE) == 0) {
			continue;
		}
		take_line(reader, line, (size_t)n - (whole ? 1 : 0));
	}
	e = ferror(f) ? -EIO : 0;
	free(line);
	(void)fclose(f);
	return e;
}

/* --- the file anew */

static bool
is_kept(const struct ledger_record *r, int64_t now)
{
	if (r->state == STATE_UNDER_WAY || r->state == STATE_DOT) {
		return true;
	}
	return now - r->when < (r->state == STATE_UNCERTAIN ? LEDGER_UNCERTAIN_S : LEDGER_KEEP_S);
}

static bool
write_list(FILE *f, const struct ledger_list *list, uint64_t *size)
{
	char line[LINE_MAX_BYTES + 1];

	for (const struct ledger_record *r = list->oldest; r != NULL; r = r->newer) {
		size_t len;

		if (r->state == STATE_UNDER_WAY) {
			continue;
		}
		len = format_line(line, r->state == STATE_TAKEN ? 't' : 'd', r->key, r->when,
		    r->text != NULL ? r->text : "");
		if (fwrite(line, 1, len, f) != len) {
			return false;
		}
		*size += len;
	}
	return true;
}

static int
write_records(const struct ledger *l, int fd, uint64_t *size_r)
{
	FILE *f = fdopen(dup(fd), "w");
	bool fine = f != NULL && fputs(TITLE, f) >= 0;

	*size_r = sizeof(TITLE) - 1;
	fine = fine && write_list(f, &l->table.settled, size_r) &&
	    write_list(f, &l->table.busy, size_r);
	if (f != NULL) {
		fine = fclose(f) == 0 && fine;
	}
	return fine ? 0 : -EIO;
}

/* A new file with what is still needed, in the old one's place. */
static int
rewrite(struct ledger *l)
{
	uint64_t size;
	int e = 0;
	int fd = openat(
	    l->state, NEW_NAME, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0) {
		return -errno;
	}
	e = write_records(l, fd, &size);
	if (e == 0 && fsync(fd) < 0) {
		e = -errno;
	}
	if (e == 0 && renameat(l->state, NEW_NAME, l->state, FILE_NAME) < 0) {
		e = -errno;
	}
	if (e < 0) {
		close(fd);
		return e;
	}
	(void)fsync(l->state);
	if (l->file >= 0) {
		close(l->file);
	}
	l->file = fd;
	l->size = l->live = size;
	l->dirty = l->torn = false;
	return 0;
}

int
ledger_tidy(struct ledger *l, int64_t now)
{
	struct ledger_record *next;

	for (struct ledger_record *r = l->table.settled.oldest; r != NULL; r = next) {
		next = r->newer;
		if (!is_kept(r, now) || l->table.bytes > LEDGER_BUDGET) {
			ledger_table_remove(&l->table, r);
		} else if (r->state == STATE_TAKEN) {
			break; /* what comes after it is newer */
		}
	}
	l->live = l->table.count * LINE_USUAL;
	return l->size > 2 * l->live + LEDGER_SLACK ? rewrite(l) : 0;
}

/* --- opening */

static int
open_files(struct ledger *l)
{
	l->lock = openat(l->state, LOCK_NAME, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (l->lock < 0 || flock(l->lock, LOCK_EX | LOCK_NB) < 0) {
		return -errno;
	}
	l->file = openat(l->state, FILE_NAME, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	return l->file < 0 ? -errno : 0;
}

int
ledger_open(int state, int64_t now, ledger_report *report, void *context, size_t *skipped_r,
    struct ledger **ledger_r)
{
	struct ledger *l = calloc(1, sizeof(*l));
	struct line_reader reader = {.ledger = l};
	int e;

	if (l == NULL) {
		return -ENOMEM;
	}
	l->state = fcntl(state, F_DUPFD_CLOEXEC, 3);
	l->lock = l->file = -1;
	e = ledger_table_begin(&l->table);
	if (e == 0) {
		e = open_files(l);
	}
	if (e == 0) {
		e = read_file(&reader);
	}
	if (e == 0 && l->size == 0) {
		e = write_whole(l->file, TITLE, sizeof(TITLE) - 1);
		l->size = sizeof(TITLE) - 1;
	}
	if (e < 0) {
		ledger_close(&l);
		return e;
	}
	for (const struct ledger_record *r = l->table.settled.oldest; r != NULL; r = r->newer) {
		if (r->state == STATE_UNCERTAIN && is_kept(r, now)) {
			report(context, r->when, r->text != NULL ? r->text : "");
		}
	}
	(void)ledger_tidy(l, now);
	*skipped_r = reader.skipped;
	*ledger_r = l;
	return 0;
}

void
ledger_close(struct ledger **ledger)
{
	struct ledger *l = *ledger;

	if (l == NULL) {
		return;
	}
	(void)ledger_sync(l);
	ledger_table_end(&l->table);
	for (int i = 0; i < 3; i++) {
		int fd = i == 0 ? l->file : i == 1 ? l->lock : l->state;

		if (fd >= 0) {
			close(fd);
		}
	}
	free(l);
	*ledger = NULL;
}

/* --- keys */

int
ledger_claim(struct ledger *l, const uint8_t key[LEDGER_KEY_BYTES], uint32_t owner, int64_t now,
    char reply[LEDGER_REPLY_MAX + 1])
{
	struct ledger_record *r = ledger_table_find(&l->table, key);

	reply[0] = '\0';
	if (r != NULL && is_kept(r, now)) {
		switch (r->state) {
		case STATE_TAKEN:
			snprintf(reply, LEDGER_REPLY_MAX + 1, "%.*s", LEDGER_REPLY_MAX,
			    r->text != NULL ? r->text : "");
			return LEDGER_TAKEN;
		case STATE_UNCERTAIN:
			return LEDGER_UNCERTAIN;
		default:
			return LEDGER_UNDER_WAY;
		}
	}
	if (r == NULL && (r = ledger_table_add(&l->table, key)) == NULL) {
		return -ENOMEM;
	}
	ledger_table_set(&l->table, r, STATE_UNDER_WAY, now, NULL);
	r->owner = owner;
	return LEDGER_NEW;
}

/* The record, where it is under way for that owner. */
static struct ledger_record *
owned(const struct ledger *l, const uint8_t *key, uint32_t owner)
{
	struct ledger_record *r = ledger_table_find(&l->table, key);

	return r != NULL && r->owner == owner &&
	        (r->state == STATE_UNDER_WAY || r->state == STATE_DOT)
	    ? r
	    : NULL;
}

int
ledger_dot(struct ledger *l, const uint8_t key[LEDGER_KEY_BYTES], uint32_t owner, int64_t now,
    const char *label)
{
	struct ledger_record *r = owned(l, key, owner);
	int e;

	if (r == NULL) {
		return -ENOENT;
	}
	ledger_table_set(&l->table, r, STATE_DOT, now, label);
	e = append_line(l, 'd', r, label);
	if (e < 0) {
		ledger_table_move(&l->table, r, STATE_UNDER_WAY, now);
	}
	return e;
}

int
ledger_taken(struct ledger *l, const uint8_t key[LEDGER_KEY_BYTES], uint32_t owner, int64_t now,
    const char *reply)
{
	char kept[LEDGER_REPLY_MAX + 1];
	struct ledger_record *r = owned(l, key, owner);

	if (r == NULL) {
		return -ENOENT;
	}
	snprintf(kept, sizeof(kept), "%.*s", LEDGER_REPLY_MAX, reply);
	ledger_table_set(&l->table, r, STATE_TAKEN, now, kept);
	return append_line(l, 't', r, kept);
}

int
ledger_free(struct ledger *l, const uint8_t key[LEDGER_KEY_BYTES], uint32_t owner, int64_t now)
{
	struct ledger_record *r = owned(l, key, owner);
	int e = 0;

	if (r == NULL) {
		return -ENOENT;
	}
	r->when = now;
	if (r->state == STATE_DOT) {
		e = append_line(l, 'f', r, NULL);
	}
	ledger_table_remove(&l->table, r);
	return e;
}

void
ledger_leave(struct ledger *l, uint32_t owner, int64_t now)
{
	struct ledger_record *next;

	for (struct ledger_record *r = l->table.busy.oldest; r != NULL; r = next) {
		next = r->newer;
		if (r->owner == owner && r->state == STATE_UNDER_WAY) {
			ledger_table_remove(&l->table, r);
		} else if (r->owner == owner) {
			ledger_table_move(&l->table, r, STATE_UNCERTAIN, now);
		}
	}
}

int
ledger_sync(struct ledger *l)
{
	if (!l->dirty || l->file < 0) {
		return 0;
	}
	l->dirty = false;
	return fdatasync(l->file) < 0 ? -errno : 0;
}

size_t
ledger_count(const struct ledger *l)
{
	return l->table.count;
}
