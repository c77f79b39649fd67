/* state-file.c - see state-file.h */
#include "policy/state-file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char header[] = "mailgraft-policyd dns 1\n";

static int64_t
wall_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* TYPE NAME LEARNED EXPIRES SINCE OUTCOME [RECORD ...], times in wall-clock milliseconds */
static void
write_entry(FILE *f, const struct dns_entry *e, int64_t offset)
{
	const struct dns_answer *a = e->answer;
	char text[ADDRESS_TEXT_MAX];
	size_t len;

	fprintf(f, "%s %.*s %" PRId64 " %" PRId64 " %" PRId64 " %s", dns_type_name(e->type),
	    (int)e->len, e->name, e->learned + offset, e->expires + offset, e->since + offset,
	    dns_outcome_name(a->outcome));
	if (a->outcome == DNS_ALIAS) {
		const char *alias = dns_answer_alias(a, &len);

		fprintf(f, " %.*s", (int)len, alias);
	}
	for (unsigned i = 0; a->outcome == DNS_DATA && i < a->count; i++) {
		if (a->type == DNS_MX) {
			struct dns_mx mx = dns_answer_mx(a, i);

			fprintf(f, " %u:%.*s", mx.preference, (int)mx.len, mx.name);
		} else {
			struct address address = dns_answer_address(a, i);

			address_format(&address, text);
			fprintf(f, " %s", text);
		}
	}
	fputc('\n', f);
}

int
state_file_write(
    const char *directory, const struct dns_cache *cache, int64_t now, const char **what)
{
	int64_t offset = wall_ms() - now;
	int dir = -1, fd = -1, ret = 0;
	FILE *f = NULL;

	*what = "open";
	dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0) {
		return -errno;
	}
	*what = "create a file in";
	fd = openat(dir, "dns.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	f = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (f == NULL) {
		ret = -errno;
		goto out;
	}
	*what = "write a file in";
	fputs(header, f);
	for (const struct dns_entry *e = dns_cache_next(cache, NULL); e != NULL && e->kept;
	     e = dns_cache_next(cache, e)) {
		if (e->answer != NULL) {
			write_entry(f, e, offset);
		}
	}
	if (fflush(f) != 0 || fsync(fd) != 0) {
		ret = -errno;
		goto out;
	}
	*what = "rename a file in";
	if (renameat(dir, "dns.new", dir, "dns") != 0 || fsync(dir) != 0) {
		ret = -errno;
	}
out:
	if (ret != 0 && fd >= 0) {
		(void)unlinkat(dir, "dns.new", 0);
	}
	if (f != NULL) {
		fclose(f);
	} else if (fd >= 0) {
		close(fd);
	}
	close(dir);
	return ret;
}

static bool
parse_type(const char *word, enum dns_type *type)
{
	static const enum dns_type types[] = {DNS_A, DNS_AAAA, DNS_MX};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(word, dns_type_name(types[i])) == 0) {
			*type = types[i];
			return true;
		}
	}
	return false;
}

static bool
parse_outcome(const char *word, enum dns_outcome *outcome)
{
	for (unsigned o = DNS_DATA; o < DNS_FAILED; o++) {
		if (strcmp(word, dns_outcome_name((enum dns_outcome)o)) == 0) {
			*outcome = (enum dns_outcome)o;
			return true;
		}
	}
	return false;
}

static bool
parse_record(union dns_answer_room *room, enum dns_type type, const char *word)
{
	struct domain_name name = {0, ""};
	struct address address;
	char *end;
	unsigned long preference;

	if (type != DNS_MX) {
		return address_parse(&address, word, strlen(word)) &&
		    dns_answer_add_address(room, &address);
	}
	preference = strtoul(word, &end, 10);
	if (end == word || *end != ':' || preference > 65535) {
		return false;
	}
	end++;
	return (*end == 0 || domain_name_parse(&name, end, strlen(end)) == DOMAIN_NAME_OK) &&
	    dns_answer_add_mx(room, (uint16_t)preference, name.text, name.len);
}

struct state_entry {
	enum dns_type type;
	struct domain_name name;
	int64_t learned;
	int64_t expires;
	int64_t since;
	union dns_answer_room *room;
};

static bool
parse_words(struct state_entry *e, char *save)
{
	struct domain_name alias;
	enum dns_outcome outcome;
	char *word = strtok_r(NULL, " ", &save);

	if (word == NULL || !parse_outcome(word, &outcome)) {
		return false;
	}
	dns_answer_clear(e->room, e->type, outcome);
	word = strtok_r(NULL, " ", &save);
	if (outcome == DNS_ALIAS) {
		return word != NULL &&
		    domain_name_parse(&alias, word, strlen(word)) == DOMAIN_NAME_OK &&
		    dns_answer_set_alias(e->room, alias.text, alias.len);
	}
	for (; word != NULL; word = strtok_r(NULL, " ", &save)) {
		if (outcome != DNS_DATA || !parse_record(e->room, e->type, word)) {
			return false;
		}
	}
	return outcome != DNS_DATA || e->room->answer.count > 0;
}

static bool
parse_time(char **save, int64_t *ms)
{
	char *word = strtok_r(NULL, " ", save), *end;

	if (word == NULL) {
		return false;
	}
	errno = 0;
	*ms = strtoll(word, &end, 10);
	return errno == 0 && *end == 0 && end != word && *ms > 0 && *ms < INT64_MAX / 4;
}

static bool
parse_entry(struct state_entry *e, char *line)
{
	char *save, *word = strtok_r(line, " ", &save);

	if (word == NULL || !parse_type(word, &e->type)) {
		return false;
	}
	word = strtok_r(NULL, " ", &save);
	return word != NULL && domain_name_parse(&e->name, word, strlen(word)) == DOMAIN_NAME_OK &&
	    parse_time(&save, &e->learned) && parse_time(&save, &e->expires) &&
	    parse_time(&save, &e->since) && e->since <= e->learned && e->learned <= e->expires &&
	    parse_words(e, save);
}

static bool
take_entry(struct dns_cache *cache, const struct state_entry *s, int64_t offset, int64_t now)
{
	struct dns_entry *e = dns_cache_obtain(cache, s->type, s->name.text, s->name.len);
	int64_t ttl;

	if (e == NULL || e->answer != NULL || !dns_cache_learn(e, &s->room->answer, now)) {
		return false;
	}
	e->learned = s->learned - offset < now ? s->learned - offset : now;
	e->since = s->since - offset < now ? s->since - offset : now;
	ttl = s->expires - s->learned;
	e->expires = e->learned +
	    (ttl < INT64_C(1000) * DNS_TTL_MAX ? ttl : INT64_C(1000) * DNS_TTL_MAX);
	e->restored = true;
	dns_cache_keep(cache, e);
	return true;
}

int
state_file_read(const char *directory, struct dns_cache *cache, int64_t now, int64_t max_age_ms,
    size_t *taken, size_t *skipped, const char **what)
{
	int64_t wall = wall_ms(), offset = wall - now;
	char path[4096], line[STATE_LINE_MAX];
	union dns_answer_room room;
	struct state_entry e = {.room = &room};
	struct stat st;
	FILE *f;
	int fd;

	*taken = *skipped = 0;
	*what = "read";
	if ((size_t)snprintf(path, sizeof(path), "%s/dns", directory) >= sizeof(path)) {
		return -ENAMETOOLONG;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		return errno == ENOENT ? 0 : -errno;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (f = fdopen(fd, "r")) == NULL) {
		close(fd);
		return -EINVAL;
	}
	if (fgets(line, sizeof(line), f) == NULL || strcmp(line, header) != 0) {
		*skipped = 1;
	} else {
		while (fgets(line, sizeof(line), f) != NULL) {
			size_t len = strlen(line);

			if (len == 0 || line[len - 1] != '\n') {
				++*skipped;
				continue;
			}
			line[len - 1] = 0;
			if (!parse_entry(&e, line)) {
				++*skipped;
			} else if (wall - e.learned <= max_age_ms) {
				*taken += take_entry(cache, &e, offset, now);
			}
		}
	}
	fclose(f);
	return 0;
}
