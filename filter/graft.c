/*
 * graft.c - see graft.h
 */
#include "filter/graft.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>

#include "filter/emit.h"
#include "filter/fields.h"
#include "filter/find.h"
#include "filter/hold.h"
#include "filter/pass.h"
#include "filter/plan.h"
#include "mime/header.h"
#include "spool/hex.h"

struct graft {
	struct refusal why;
	bool breaks_signature;
	/* Why the rest of the message could not be held, or what it asks for could not be found;
	 * then no further plan is possible. */
	struct refusal broken;
	bool found;
	uint64_t out; /* bytes that were written last */
	struct hold hold;
	struct scan scan;
	struct finder finder;
	struct plan plan;
	struct emission emission;
	struct field_veto veto;
	struct sink counter;
};

/* Mapped, since the kernel gives a page only when it is touched. */
struct graft *
graft_new(void)
{
	struct graft *g = mmap(
	    NULL, sizeof(*g), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (g == MAP_FAILED) {
		return NULL;
	}
	/* A page of 2 MB would be touched whole. */
	madvise(g, sizeof(*g), MADV_NOHUGEPAGE);
	g->hold.spill = -1;
	return g;
}

static void
end(struct graft *g)
{
	plan_end(&g->plan);
	hold_end(&g->hold);
}

void
graft_free(struct graft **g)
{
	if (*g == NULL) {
		return;
	}
	end(*g);
	munmap(*g, sizeof(**g));
	*g = NULL;
}

/* A failure is that of the last call. */
static void
forget_refusal(struct graft *g)
{
	memset(&g->why, 0, sizeof(g->why));
}

static void
begin(struct graft *g)
{
	end(g);
	forget_refusal(g);
	g->broken.reason = REFUSED_NOT;
	g->found = g->breaks_signature = false;
	g->out = 0;
}

static const char *
input_name(const char *name)
{
	return name != NULL ? name : "input";
}

int
graft_from_fd(struct graft *g, int in, const char *name)
{
	begin(g);
	hold_begin(&g->hold, in, input_name(name));
	return hold_header(&g->hold, &g->why);
}

int
graft_from_memory(struct graft *g, const void *message, size_t len, const char *name)
{
	begin(g);
	hold_begin_memory(&g->hold, message, len, input_name(name));
	return hold_header(&g->hold, &g->why);
}

void
graft_leave_out(struct graft *g, const struct field_veto *veto)
{
	g->veto = *veto;
}

bool
graft_opts_in(const struct graft *g)
{
	return fields_opt_in(g->hold.head, g->hold.header_len);
}

int
graft_pass(struct graft *g, struct sink *out)
{
	int result;

	forget_refusal(g);
	result = pass_through(&g->hold, &g->veto, out, &g->why);
	g->out = out->bytes;
	return result;
}

static bool
is_signed(const uint8_t *header, size_t len)
{
	struct field f;
	size_t at = 0;

	while (header_next(header, len, &at, &f) == HEADER_FIELD) {
		if (header_is(&f, "dkim-signature") || header_begins(&f, "arc-")) {
			return true;
		}
	}
	return false;
}

/* Counting is a pass over the held message, so it is done only where it can matter. */
static int
check_expanded(struct graft *g, uint64_t limit)
{
	uint64_t size;

	if (limit == 0) {
		return 0;
	}
	if (graft_size(g, &size) < 0) {
		return -1;
	}
	if (size <= limit) {
		return 0;
	}
	g->why.wanted = limit;
	g->why.found = size;
	return refuse(&g->why, REFUSED_EXPANDED);
}

/* Once for a message, for whomever it is. */
static int
hold_and_find(struct graft *g, const struct prover *prover)
{
	if (g->found) {
		return 0;
	}
	if (g->broken.reason != REFUSED_NOT) {
		g->why = g->broken;
		return -1;
	}
	if (hold_rest(&g->hold, prover, &g->why) < 0) {
		g->broken = g->why;
		return -1;
	}
	g->breaks_signature = is_signed(g->hold.head, g->hold.header_len);
	if (find_markers(&g->finder, &g->scan, &g->hold, &g->plan.found, &g->why) < 0) {
		g->broken = g->why;
		return -1;
	}
	g->found = true;
	return 0;
}

int
graft_plan(struct graft *g, const struct prover *prover, const struct recipient *to)
{
	forget_refusal(g);
	if (hold_and_find(g, prover) < 0 || plan_prove(&g->plan, prover, to, &g->why) < 0) {
		return -1;
	}
	return check_expanded(g, prover->limits.expanded);
}

bool
graft_is_bound(const struct graft *g)
{
	return plan_is_bound(&g->plan);
}

static int
emit_into(struct graft *g, struct sink *out)
{
	assert(g->found && g->plan.attachments == g->plan.found.tokens);
	forget_refusal(g);
	g->emission.veto = &g->veto;
	return emit(&g->emission, &g->scan, &g->plan, &g->hold, out, &g->why);
}

int
graft_size(struct graft *g, uint64_t *bytes_r)
{
	sink_to_counter(&g->counter, false);
	if (emit_into(g, &g->counter) < 0) {
		return -1;
	}
	*bytes_r = g->counter.bytes;
	return 0;
}

int
graft_wire_size(struct graft *g, uint64_t *bytes_r)
{
	sink_to_counter(&g->counter, true);
	if (emit_into(g, &g->counter) < 0) {
		return -1;
	}
	*bytes_r = g->counter.wire;
	return 0;
}

int
graft_emit(struct graft *g, struct sink *out)
{
	uint64_t before = out->bytes;
	int result = emit_into(g, out);

	g->out = out->bytes - before;
	return result;
}

const struct refusal *
graft_refusal(const struct graft *g)
{
	return &g->why;
}

int
graft_exit(const struct graft *g)
{
	return refusal_exit(&g->why);
}

const char *
graft_word(const struct graft *g)
{
	return refusal_word(&g->why);
}

size_t
graft_sentence(const struct graft *g, char *out, size_t cap)
{
	return refusal_sentence(&g->why, out, cap);
}

bool
graft_is_lasting(const struct graft *g)
{
	return refusal_is_lasting(&g->why);
}

void
graft_summary(const struct graft *g, struct graft_summary *s)
{
	s->in = g->hold.size;
	s->out = g->out;
	s->attachments = g->plan.found.appended + g->plan.found.replaced;
	s->entries = g->plan.attachments;
	s->breaks_signature = g->breaks_signature;
}

void
graft_entry(const struct graft *g, size_t i, char hex[GRAFT_ENTRY_CHARS + 1])
{
	*hex_encode(g->plan.attachment[i].token.entry_id, ENTRY_ID_BYTES, hex) = '\0';
}
