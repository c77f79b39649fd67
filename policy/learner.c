/* learner.c - see learner.h */
#include "policy/learner.h"
#include "policy/ask-queue.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct learner_probe {
	struct learner_probe *next; /* of all */
	struct learner_probe *previous;
	struct learner *learner;
	struct ask_turn turn;
	struct smtp_probe *smtp; /* NULL: waits for its turn */
	struct smtp_dialogue dialogue;
	struct recipient_key key;
	struct address addresses[LEARNER_ADDRESSES_MAX]; /* to be tried after this one */
	unsigned address_count;
	struct learner_waiter *waiters;
};

struct learner {
	struct loop *loop;
	const struct health *health;
	struct log *log;
	const struct config *config;
	int (*connect)(const struct address *a, uint16_t port);
	struct learned *memory;
	struct ask_queue *queue;
	struct learner_probe *probes;
	struct learner_counts counts;
	struct smtp_report last; /* words NULL: none */
};

struct learner *
learner_new(struct loop *loop, const struct health *health, struct log *log)
{
	struct learner *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		return NULL;
	}
	l->loop = loop;
	l->health = health;
	l->log = log;
	l->connect = smtp_probe_connect;
	l->memory = learned_new();
	l->queue = ask_queue_new(loop);
	if (l->memory == NULL || l->queue == NULL) {
		learned_free(l->memory);
		ask_queue_free(l->queue);
		free(l);
		return NULL;
	}
	return l;
}

void
learner_connect_with(struct learner *l, int (*connect)(const struct address *a, uint16_t port))
{
	l->connect = connect;
}

void
learner_cancel(struct learner_waiter *waiter)
{
	if (waiter->probe == NULL) {
		return;
	}
	if (waiter->previous != NULL) {
		waiter->previous->next = waiter->next;
	} else {
		waiter->probe->waiters = waiter->next;
	}
	if (waiter->next != NULL) {
		waiter->next->previous = waiter->previous;
	}
	waiter->probe = NULL;
	waiter->next = waiter->previous = NULL;
}

static void
probe_join(struct learner_probe *p, struct learner_waiter *waiter)
{
	learner_cancel(waiter);
	waiter->probe = p;
	waiter->next = p->waiters;
	if (p->waiters != NULL) {
		p->waiters->previous = waiter;
	}
	p->waiters = waiter;
}

/* Out of the learner's list; whoever waits is told, last. */
static void
probe_end(struct learner *l, struct learner_probe *p, bool tell)
{
	if (p->previous != NULL) {
		p->previous->next = p->next;
	} else {
		l->probes = p->next;
	}
	if (p->next != NULL) {
		p->next->previous = p->previous;
	}
	/* A waiter may do anything meanwhile, so take one at a time. */
	while (p->waiters != NULL) {
		struct learner_waiter *waiter = p->waiters;

		learner_cancel(waiter);
		if (tell) {
			waiter->arrived(waiter->context);
		}
	}
	free(p);
}

static void
log_finding(const struct learner *l, const struct learner_probe *p, const struct smtp_report *r)
{
	char address[ADDRESS_TEXT_MAX];

	if (l->log == NULL) {
		return;
	}
	address_format(ask_turn_address(&p->turn), address);
	log_begin(l->log, "recipient");
	log_value(l->log, "address", p->key.text, p->key.len);
	log_text(l->log, "primary", address);
	log_word(l->log, "found", smtp_finding_name(r->finding));
	log_text(l->log, "last", r->words);
	if (r->code != 0) {
		log_number(l->log, "code", r->code);
	}
	if (r->enhanced[0] != 0) {
		log_text(l->log, "status", r->enhanced);
	}
	log_end(l->log);
}

/* "@domain": what holds for all of it. */
static struct recipient_key
domain_key(const struct recipient_key *key)
{
	struct recipient_key all = {.len = key->len - key->local_len};

	memcpy(all.text, key->text + key->local_len, all.len);
	return all;
}

static void
probe_learn(struct learner *l, const struct learner_probe *p, enum smtp_finding finding)
{
	int64_t now = loop_now(l->loop);
	struct recipient_key all;
	bool taken = false;

	switch (finding) {
	case SMTP_KNOWN:
		taken = learned_set(l->memory, &p->key, LEARNED_KNOWN, now, now);
		break;
	case SMTP_NO_USER:
		taken = learned_set(l->memory, &p->key, LEARNED_NO_USER, now, now);
		break;
	case SMTP_TAKES_ALL:
		all = domain_key(&p->key);
		(void)learned_set(l->memory, &all, LEARNED_TAKES_ALL, now, now);
		break;
	case SMTP_NOTHING:
	case SMTP_FINDINGS:
		break;
	}
	if (!taken) {
		learned_set_tried(l->memory, &p->key, now);
	}
}

static void
probe_result(void *context, const struct smtp_report *report)
{
	struct learner_probe *p = context;
	struct learner *l = p->learner;

	p->smtp = NULL;
	l->last = *report;
	l->counts.unreached += !report->up;
	l->counts.asked[report->finding]++;
	log_finding(l, p, report);
	ask_turn_end(&p->turn);
	while (!report->up && p->address_count > 0) {
		if (ask_queue_add(l->queue, &p->addresses[--p->address_count], &p->turn)) {
			return;
		}
	}
	probe_learn(l, p, report->finding);
	probe_end(l, p, true);
}

/* Its turn has come. */
static void
probe_go(void *context)
{
	struct learner_probe *p = context;
	struct learner *l = p->learner;
	int fd = l->connect(ask_turn_address(&p->turn), l->config->health_port);

	p->smtp = smtp_probe_start(l->loop, fd, LEARNER_TIMEOUT_MS, &p->dialogue, probe_result, p);
	if (p->smtp == NULL) {
		probe_result(p, &(struct smtp_report){.words = "cannot connect"});
	}
}

static struct learner_probe *
probe_find(const struct learner *l, const struct recipient_key *key)
{
	struct learner_probe *p = l->probes;

	while (p != NULL &&
	    (p->key.len != key->len || memcmp(p->key.text, key->text, key->len) != 0)) {
		p = p->next;
	}
	return p;
}

/* The addresses that may be asked, those that are up first. False: all are known to be down. */
static bool
choose_addresses(const struct learner *l, const struct relay_targets *t, struct learner_probe *p)
{
	static const enum health_state order[] = {HEALTH_UNKNOWN, HEALTH_UP};
	bool any = false;

	/* from the end: the last one is asked first */
	for (unsigned k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
		for (unsigned i = t->best; i-- > 0;) {
			enum health_state state = l->health != NULL
			    ? health_state_of(l->health, &t->address[i])
			    : HEALTH_UNKNOWN;

			if (state != order[k]) {
				continue;
			}
			any = true;
			if (p->address_count == LEARNER_ADDRESSES_MAX) {
				memmove(p->addresses, p->addresses + 1,
				    sizeof(p->addresses) - sizeof(p->addresses[0]));
				p->address_count--;
			}
			p->addresses[p->address_count++] = t->address[i];
		}
	}
	return any;
}

/* A new probe in a queue, or NULL. The addresses are chosen. */
static struct learner_probe *
probe_new(struct learner *l, const struct learner_probe *chosen, const struct mailbox *recipient,
    const struct recipient_key *key)
{
	struct learner_probe *p = malloc(sizeof(*p));
	uint64_t random;

	if (p == NULL) {
		return NULL;
	}
	*p = *chosen;
	p->learner = l;
	p->turn = (struct ask_turn){.go = probe_go, .context = p};
	p->key = *key;
	smtp_dialogue_begin(&p->dialogue, identity_name(&l->config->identity));
	if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random) ||
	    !smtp_dialogue_ask(&p->dialogue, recipient, random)) {
		goto fail;
	}
	if (!ask_queue_add(l->queue, &p->addresses[--p->address_count], &p->turn)) {
		l->counts.crowded++;
		goto fail;
	}
	p->next = l->probes;
	if (l->probes != NULL) {
		l->probes->previous = p;
	}
	l->probes = p;
	return p;
fail:
	free(p);
	return NULL;
}

/* Nothing is known that counts: asks. */
static enum recipient_answer
ask(struct learner *l, struct learner_waiter *waiter, const struct mailbox *recipient,
    const struct recipient_key *key, const struct fact_source *facts, bool tried)
{
	const struct recipient_key all = domain_key(key);
	const struct learned_entry *e = learned_find(l->memory, &all, loop_now(l->loop));
	struct learner_probe *p = probe_find(l, key), chosen = {0};
	struct relay_targets targets;

	if (p != NULL && waiter != NULL) {
		probe_join(p, waiter);
		return RECIPIENT_WAIT;
	}
	relay_targets(&l->config->relay, &l->config->identity, &recipient->domain, facts, &targets);
	if (targets.best == 0) {
		return targets.waiting && waiter != NULL ? RECIPIENT_WAIT : RECIPIENT_UNTOLD;
	}
	if (!choose_addresses(l, &targets, &chosen)) {
		return RECIPIENT_UNSEEN;
	}
	if (e != NULL && e->word == LEARNED_TAKES_ALL &&
	    loop_now(l->loop) - e->when < learned_lasts_ms(LEARNED_TAKES_ALL)) {
		return RECIPIENT_TAKES_ALL;
	}
	p = waiter != NULL && !tried ? probe_new(l, &chosen, recipient, key) : NULL;
	if (p == NULL) {
		return RECIPIENT_UNTOLD;
	}
	probe_join(p, waiter);
	return RECIPIENT_WAIT;
}

/* A known recipient, after a while: asked about again, and nobody waits for it. */
static void
refresh(struct learner *l, const struct mailbox *recipient, const struct recipient_key *key,
    const struct fact_source *facts)
{
	struct learner_probe chosen = {0};
	struct relay_targets targets;

	if (probe_find(l, key) != NULL) {
		return;
	}
	relay_targets(&l->config->relay, &l->config->identity, &recipient->domain, facts, &targets);
	if (choose_addresses(l, &targets, &chosen)) {
		(void)probe_new(l, &chosen, recipient, key);
	}
}

static enum recipient_answer
look_at(struct learner *l, struct learner_waiter *waiter, const struct mailbox *recipient,
    const struct fact_source *facts)
{
	int64_t now = loop_now(l->loop);
	const struct learned_entry *e;
	struct recipient_key key;
	bool tried, counts;

	if (!recipient_key_make(&key, recipient)) {
		return RECIPIENT_UNTOLD;
	}
	e = learned_find(l->memory, &key, now);
	tried = e != NULL && e->tried != 0 && now - e->tried < LEARNED_AGAIN_MS;
	counts = e != NULL && now - e->when < learned_lasts_ms((enum learned_word)e->word);
	if (counts && e->word == LEARNED_KNOWN) {
		if (waiter != NULL && !tried && now - e->when >= LEARNED_REFRESH_MS) {
			refresh(l, recipient, &key, facts);
		}
		return RECIPIENT_KNOWN;
	}
	if (counts && e->word == LEARNED_NO_USER) {
		return RECIPIENT_NO_USER;
	}
	return ask(l, waiter, recipient, &key, facts, tried);
}

enum recipient_answer
learner_look(struct learner *l, struct learner_waiter *waiter, const struct mailbox *recipient,
    const struct fact_source *facts)
{
	struct mailbox base = mailbox_without_extension(recipient, l->config->recipient_delimiter);
	enum recipient_answer answer = look_at(l, waiter, &base, facts);

	/* "no-reply" may be there though "no" is not. */
	if (answer == RECIPIENT_NO_USER && base.local_len != recipient->local_len) {
		answer = look_at(l, waiter, recipient, facts);
	}
	return answer;
}

/* The end, and the configuration */

static void
learner_clear(struct learner *l)
{
	for (struct learner_probe *p = l->probes, *next; p != NULL; p = next) {
		next = p->next;
		if (p->smtp != NULL) {
			smtp_probe_cancel(p->smtp);
		}
		probe_end(l, p, false);
	}
	ask_queue_clear(l->queue);
}

void
learner_free(struct learner *l)
{
	if (l != NULL) {
		learner_clear(l);
		ask_queue_free(l->queue);
		learned_free(l->memory);
		free(l);
	}
}

void
learner_configure(struct learner *l, const struct config *config)
{
	l->config = config;
	if (!config->learn) {
		learner_clear(l);
	}
}

struct learned *
learner_memory(struct learner *l)
{
	return l->memory;
}

const struct smtp_report *
learner_last(const struct learner *l)
{
	return l->last.words != NULL ? &l->last : NULL;
}

void
learner_count(const struct learner *l, struct learner_counts *counts)
{
	*counts = l->counts;
	counts->waiting = ask_queue_waiting(l->queue);
	counts->running = ask_queue_running(l->queue);
}
