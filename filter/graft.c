/*
 * graft.c - see graft.h
 */
#include "filter/graft.h"

#include <errno.h>
#include <string.h>

#include "filter/emit.h"
#include "filter/fields.h"
#include "filter/hold.h"
#include "filter/pass.h"
#include "filter/plan.h"
#include "filter/refusal.h"
#include "filter/sandbox.h"
#include "filter/sink.h"
#include "mime/header.h"
#include "spool/hex.h"
#include "spool/spool.h"

struct graft {
	struct refusal why;
	struct spool *spool;
	bool breaks_signature;
	struct recipient recipient;
	struct hold hold;
	struct plan plan;
	struct sink sink;
};

static struct graft the_graft;

int
graft_begin(int in, struct graft **g_r)
{
	struct graft *g = &the_graft;

	*g_r = g;
	memset(&g->why, 0, sizeof(g->why));
	g->spool = NULL;
	g->breaks_signature = false;
	g->plan.attachments = 0;
	g->sink.bytes = 0;
	hold_begin(&g->hold, in);
	return hold_header(&g->hold, &g->why);
}

bool
graft_opts_in(const struct graft *g)
{
	return fields_opt_in(g->hold.buf, g->hold.header_len);
}

int
graft_pass(struct graft *g, int out, void (*first_byte)(void))
{
	sink_to_fd(&g->sink, out);
	g->sink.first_byte = first_byte;
	return pass_through(&g->hold, &g->sink, &g->why);
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
check_expanded(struct graft *g)
{
	uint64_t limit = spool_limits(g->spool).expanded, size;

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

int
graft_plan(struct graft *g, const struct graft_options *o)
{
	struct plan_options options = {.now = (uint32_t)(o->now / EXPIRY_UNIT)};
	struct spool_fail fail = {.call = NULL};

	if (o->recipient != NULL) {
		if (recipient_canonical(
		        (const uint8_t *)o->recipient, strlen(o->recipient), &g->recipient) < 0) {
			return refuse(&g->why, REFUSED_RECIPIENT_FIELD);
		}
		options.recipient = &g->recipient;
	}
	if (spool_open(o->spool, &g->spool, &fail) < 0) {
		return refuse_system(&g->why, &fail, REFUSED_SPOOL);
	}
	options.spool = g->spool;
	if (o->sandbox) {
		sandbox_enter(spool_dirfd(g->spool));
	}
	if (hold_rest(&g->hold, g->spool, &g->why) < 0) {
		return -1;
	}
	g->breaks_signature = is_signed(g->hold.buf, g->hold.header_len);
	if (plan_make(&g->plan, &g->hold, &options, &g->why) < 0) {
		return -1;
	}
	return check_expanded(g);
}

int
graft_size(struct graft *g, uint64_t *bytes_r)
{
	sink_to_counter(&g->sink);
	if (emit(&g->plan, &g->hold, &g->sink, &g->why) < 0) {
		return -1;
	}
	*bytes_r = g->sink.bytes;
	return 0;
}

int
graft_emit(struct graft *g, int out, void (*first_byte)(void))
{
	sink_to_fd(&g->sink, out);
	g->sink.first_byte = first_byte;
	return emit(&g->plan, &g->hold, &g->sink, &g->why);
}

void
graft_end(struct graft *g)
{
	plan_end(&g->plan);
	hold_end(&g->hold);
	spool_close(&g->spool);
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

void
graft_summary(const struct graft *g, struct graft_summary *s)
{
	s->in = g->hold.size;
	s->out = g->sink.bytes;
	s->attachments = g->plan.attachments;
	s->breaks_signature = g->breaks_signature;
}

void
graft_entry(const struct graft *g, size_t attachment, char hex[41])
{
	*hex_encode(g->plan.attachment[attachment].token.entry_id, ENTRY_ID_BYTES, hex) = '\0';
}
