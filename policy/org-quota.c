/* org-quota.c - see org-quota.h */
#include "policy/org-quota.h"
#include "policy/limits.h"
#include "policy/siphash.h"

#include <libpsl.h>
#include <stdlib.h>
#include <string.h>

struct org_share {
	struct org_share *next; /* hash chain */
	size_t bytes;
	size_t bucket;
	size_t len;
	char name[];
};

struct org_quota {
	struct siphash_key key;
	size_t max_bytes;
	struct org_share *bucket[ORG_SHARE_BUCKETS];
};

struct org_quota *
org_quota_new(size_t max_bytes)
{
	struct org_quota *q = calloc(1, sizeof(*q));

	if (q != NULL && siphash_key_init(&q->key) != 0) {
		free(q);
		return NULL;
	}
	if (q != NULL) {
		q->max_bytes = max_bytes;
	}
	return q;
}

void
org_quota_free(struct org_quota *q)
{
	if (q == NULL) {
		return;
	}
	for (size_t i = 0; i < ORG_SHARE_BUCKETS; i++) {
		while (q->bucket[i] != NULL) {
			struct org_share *s = q->bucket[i];

			q->bucket[i] = s->next;
			free(s);
		}
	}
	free(q);
}

/* A public suffix itself, and a name that no list knows, stand for themselves. */
static const char *
organisation(const char *name)
{
	const char *org = psl_registrable_domain(psl_builtin(), name);

	return org != NULL ? org : name;
}

struct org_share *
org_quota_take(struct org_quota *q, const char *name, size_t len, size_t bytes)
{
	char text[DOMAIN_TEXT_MAX + 1];
	struct org_share *s;
	const char *org;
	size_t org_len, bucket;

	if (len >= sizeof(text)) {
		return NULL;
	}
	memcpy(text, name, len);
	text[len] = 0;
	org = organisation(text);
	org_len = strlen(org);
	bucket = siphash(&q->key, org, org_len) % ORG_SHARE_BUCKETS;
	for (s = q->bucket[bucket]; s != NULL; s = s->next) {
		if (s->len == org_len && memcmp(s->name, org, org_len) == 0) {
			break;
		}
	}
	if (s == NULL) {
		s = calloc(1, sizeof(*s) + org_len);
		if (s == NULL) {
			return NULL;
		}
		s->bucket = bucket;
		s->len = org_len;
		memcpy(s->name, org, org_len);
		s->next = q->bucket[bucket];
		q->bucket[bucket] = s;
	} else if (s->bytes + bytes > q->max_bytes) {
		return NULL;
	}
	s->bytes += bytes;
	return s;
}

void
org_quota_grow(struct org_share *share, size_t bytes)
{
	share->bytes += bytes;
}

void
org_quota_give(struct org_quota *q, struct org_share *share, size_t bytes)
{
	struct org_share **at = &q->bucket[share->bucket];

	share->bytes -= bytes;
	if (share->bytes > 0) {
		return;
	}
	while (*at != share) {
		at = &(*at)->next;
	}
	*at = share->next;
	free(share);
}

bool
org_quota_is_over(const struct org_quota *q, const struct org_share *share)
{
	return share->bytes > q->max_bytes;
}
