/* recipient-list.c - see recipient-list.h */
#include "policy/recipient-list.h"
#include "policy/recipient-key.h"
#include "policy/recipient-line.h"
#include "policy/siphash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The files' bytes, with each address brought into its final form where it stands, and ended by
 * LF; an address that grows thereby is appended. The table holds places in the bytes, plus 1: of
 * each address, and of each domain inside the first address that has it.
 */
struct recipient_list {
	struct siphash_key key;
	char *bytes;
	size_t len;
	size_t room;
	uint32_t *table;
	size_t mask;
	size_t count;
	uint32_t *domains; /* the place of each */
	size_t domain_count;
	size_t domain_room;
	struct domain_name last; /* while loading */
};

struct recipient_file {
	size_t from;
	size_t to;
};

struct recipient_load {
	struct recipient_list *list;
	char *const *paths;
	unsigned path_count;
	struct recipient_file files[RECIPIENT_FILES_MAX];
	unsigned file; /* being read or taken in */
	int fd;
	size_t lines;
	bool reading;
	size_t at; /* in the bytes, while taking in */
	size_t line;
	size_t found; /* in this file */
};

struct recipient_load *
recipient_load_begin(char *const *files, unsigned count)
{
	struct recipient_load *load = calloc(1, sizeof(*load));

	if (load == NULL) {
		return NULL;
	}
	load->fd = -1;
	load->paths = files;
	load->path_count = count;
	load->reading = true;
	load->list = calloc(1, sizeof(*load->list));
	if (load->list == NULL || siphash_key_init(&load->list->key) != 0) {
		recipient_load_free(load);
		return NULL;
	}
	return load;
}

void
recipient_load_free(struct recipient_load *load)
{
	if (load != NULL) {
		if (load->fd >= 0) {
			close(load->fd);
		}
		recipient_list_free(load->list);
		free(load);
	}
}

void
recipient_list_free(struct recipient_list *list)
{
	if (list != NULL) {
		free(list->bytes);
		free(list->table);
		free(list->domains);
		free(list);
	}
}

struct recipient_list *
recipient_load_take(struct recipient_load *load)
{
	struct recipient_list *list = load->list;

	load->list = NULL;
	return list;
}

static enum recipient_step
fail(const struct recipient_load *load, char *error, const char *why)
{
	snprintf(error, CONFIG_ERROR_MAX, "recipients: '%s': %s", load->paths[load->file], why);
	return RECIPIENT_STEP_FAILED;
}

static bool
list_reserve(struct recipient_list *list, size_t more)
{
	size_t room = list->room;
	char *bytes;

	while (room - list->len < more) {
		room = room == 0 ? RECIPIENT_STEP_BYTES : room + room / 4 + more;
	}
	if (room != list->room) {
		bytes = realloc(list->bytes, room);
		if (bytes == NULL) {
			return false;
		}
		list->bytes = bytes;
		list->room = room;
	}
	return true;
}

static int
step_open(struct recipient_load *load)
{
	struct stat st;

	load->fd = open(load->paths[load->file], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (load->fd < 0 || fstat(load->fd, &st) != 0) {
		return -errno;
	}
	if (!S_ISREG(st.st_mode)) {
		return -EINVAL;
	}
	if (load->list->len + (size_t)st.st_size > RECIPIENT_FILE_MAX) {
		return -EFBIG;
	}
	load->files[load->file].from = load->list->len;
	return list_reserve(load->list, (size_t)st.st_size + 1) ? 0 : -ENOMEM;
}

static size_t
count_lines(const char *p, size_t len)
{
	size_t lines = 0;

	for (const char *end = p + len; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++) {
		lines++;
	}
	return lines;
}

/* A piece of a file into memory. */
static enum recipient_step
step_read(struct recipient_load *load, char *error)
{
	struct recipient_list *list = load->list;
	ssize_t n;
	int r;

	if (load->fd < 0) {
		r = step_open(load);
		if (r != 0) {
			return fail(load, error, strerror(-r));
		}
	}
	if (list->len > RECIPIENT_FILE_MAX || !list_reserve(list, RECIPIENT_STEP_BYTES + 1)) {
		return fail(load, error, "too large");
	}
	n = read(load->fd, list->bytes + list->len, RECIPIENT_STEP_BYTES);
	if (n < 0) {
		return fail(load, error, strerror(errno));
	}
	if (n > 0) {
		load->lines += count_lines(list->bytes + list->len, (size_t)n);
		list->len += (size_t)n;
		return RECIPIENT_STEP_MORE;
	}
	close(load->fd);
	load->fd = -1;
	if (list->len > load->files[load->file].from && list->bytes[list->len - 1] != '\n') {
		list->bytes[list->len++] = '\n';
		load->lines++;
	}
	load->files[load->file].to = list->len;
	load->file++;
	return RECIPIENT_STEP_MORE;
}

static bool
table_begin(struct recipient_load *load)
{
	size_t size = 64;

	while (size < load->lines * 3) { /* an address and perhaps a domain each */
		size *= 2;
	}
	load->list->table = calloc(size, sizeof(uint32_t));
	load->list->mask = size - 1;
	load->reading = false;
	load->file = 0;
	load->at = load->files[0].from;
	load->line = 1;
	return load->list->table != NULL;
}

/* The slot that holds this address, or the empty one where it belongs. */
static uint32_t *
table_slot(const struct recipient_list *list, const char *address, size_t len)
{
	size_t i = siphash(&list->key, address, len) & list->mask;

	for (;; i = (i + 1) & list->mask) {
		uint32_t *slot = &list->table[i];
		const char *there;

		if (*slot == 0) {
			return slot;
		}
		there = list->bytes + (*slot - 1);
		if (list->len - (*slot - 1) > len && there[len] == '\n' &&
		    memcmp(there, address, len) == 0) {
			return slot;
		}
	}
}

/* A domain is new; its place in the bytes. */
static bool
list_add_domain(struct recipient_list *list, uint32_t place)
{
	if (list->domain_count == list->domain_room) {
		size_t room = list->domain_room == 0 ? 16 : list->domain_room * 2;
		uint32_t *domains = reallocarray(list->domains, room, sizeof(*domains));

		if (domains == NULL) {
			return false;
		}
		list->domains = domains;
		list->domain_room = room;
	}
	list->domains[list->domain_count++] = place;
	return true;
}

/* One line: 1 taken, 0 nothing on it, -1 no address. */
static int
take_line(struct recipient_list *list, size_t from, size_t len)
{
	char address[MAILBOX_MAX + DOMAIN_TEXT_MAX + 2];
	const char *line = list->bytes + from;
	uint32_t *slot;
	size_t n, domain;

	if (len == 0 || line[0] == '#' || line[0] == ' ' || line[0] == '\t' || line[0] == '\r') {
		return 0;
	}
	n = recipient_line_read(line, len, &list->last, address, sizeof(address));
	if (n == 0) {
		return -1;
	}
	slot = table_slot(list, address, n);
	if (*slot != 0) {
		return 1;
	}
	if (n > len) {
		if (!list_reserve(list, n + 1)) {
			return -1;
		}
		from = list->len;
		list->len += n + 1;
	}
	memcpy(list->bytes + from, address, n);
	list->bytes[from + n] = '\n';
	*slot = (uint32_t)(from + 1);
	domain = from + n - list->last.len;
	slot = table_slot(list, list->last.text, list->last.len);
	if (*slot == 0) {
		*slot = (uint32_t)(domain + 1);
		if (!list_add_domain(list, (uint32_t)domain)) {
			return -1;
		}
	}
	list->count++;
	return 1;
}

/* A piece of the lines into the table. */
static enum recipient_step
step_take(struct recipient_load *load, char *error)
{
	struct recipient_list *list = load->list;
	const struct recipient_file *f = &load->files[load->file];
	size_t stop = f->to - load->at > RECIPIENT_STEP_BYTES / 4
	    ? load->at + RECIPIENT_STEP_BYTES / 4
	    : f->to;
	char why[64];

	while (load->at < stop) {
		const char *line = list->bytes + load->at;
		const char *lf = memchr(line, '\n', f->to - load->at);
		size_t len = (size_t)(lf - line);
		int taken = take_line(list, load->at, len);

		if (taken < 0) {
			snprintf(why, sizeof(why), "line %zu is no address", load->line);
			return fail(load, error, why);
		}
		load->found += (size_t)taken;
		load->at += len + 1;
		load->line++;
	}
	if (load->at < f->to) {
		return RECIPIENT_STEP_MORE;
	}
	if (load->found == 0) {
		return fail(load, error, "holds no address");
	}
	if (++load->file == load->path_count) {
		return RECIPIENT_STEP_DONE;
	}
	load->at = load->files[load->file].from;
	load->line = 1;
	load->found = 0;
	return RECIPIENT_STEP_MORE;
}

enum recipient_step
recipient_load_step(struct recipient_load *load, char *error)
{
	if (!load->reading) {
		return step_take(load, error);
	}
	if (load->file < load->path_count) {
		return step_read(load, error);
	}
	if (!table_begin(load)) {
		load->file = 0;
		return fail(load, error, "out of memory");
	}
	return RECIPIENT_STEP_MORE;
}

static bool
list_has(const struct recipient_list *list, const char *address, size_t len)
{
	return *table_slot(list, address, len) != 0;
}

bool
recipient_list_has(const struct recipient_list *list, const struct mailbox *m)
{
	struct recipient_key key;

	return recipient_key_make(&key, m) &&
	    (list_has(list, key.text, key.len) ||
	        list_has(list, key.text + key.local_len, key.len - key.local_len));
}

bool
recipient_list_has_domain(const struct recipient_list *list, const struct domain_name *domain)
{
	return list_has(list, domain->text, domain->len);
}

bool
recipient_list_has_base(
    const struct recipient_list *list, const struct mailbox *m, const char *delimiters)
{
	struct mailbox base;

	if (recipient_list_has(list, m)) {
		return true;
	}
	base = mailbox_without_extension(m, delimiters);
	return base.local_len != m->local_len && recipient_list_has(list, &base);
}

size_t
recipient_list_domain_count(const struct recipient_list *list)
{
	return list->domain_count;
}

const char *
recipient_list_domain(const struct recipient_list *list, size_t i, size_t *len)
{
	const char *name = list->bytes + list->domains[i];

	*len = (size_t)((const char *)memchr(name, '\n', list->len - list->domains[i]) - name);
	return name;
}

size_t
recipient_list_count(const struct recipient_list *list)
{
	return list->count;
}

/* Quoted where a line would otherwise say something else. */
static void
write_address(FILE *f, const char *address, size_t local, size_t len)
{
	bool quoted = address[0] == '#';

	for (size_t i = 0; i < local && !quoted; i++) {
		quoted = strchr(" \t\r\"\\", address[i]) != NULL;
	}
	fputs(quoted ? "\"" : "", f);
	for (size_t i = 0; i < local; i++) {
		fputs(quoted && strchr("\"\\", address[i]) != NULL ? "\\" : "", f);
		fputc(address[i], f);
	}
	fputs(quoted ? "\"" : "", f);
	(void)fwrite(address + local, 1, len - local, f);
	fputc('\n', f);
}

void
recipient_list_write(const struct recipient_list *list, FILE *f)
{
	for (size_t i = 0; i <= list->mask; i++) {
		const char *address, *lf, *at;

		if (list->table[i] == 0) {
			continue;
		}
		address = list->bytes + (list->table[i] - 1);
		lf = memchr(address, '\n', list->len - (list->table[i] - 1));
		at = memrchr(address, '@', (size_t)(lf - address));
		if (at != NULL) { /* the table has the domains, too */
			write_address(f, address, (size_t)(at - address), (size_t)(lf - address));
		}
	}
}

size_t
recipient_list_bytes(const struct recipient_list *list)
{
	return list->len;
}
