/*
 * progress.c - see progress.h
 */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/limits.h"
#include "cli/size.h"

static double
seconds(const struct timespec *from, const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) / 1e9;
}

void
progress_begin(struct progress *p, const char *noun, uint64_t total_bytes)
{
	*p = (struct progress){
	    .on = isatty(STDERR_FILENO) != 0, .noun = noun, .total_bytes = total_bytes};
	if (p->on) {
		pthread_mutex_init(&p->lock, NULL);
		clock_gettime(CLOCK_MONOTONIC, &p->start);
		p->last = p->start;
	}
}

static void
print_rate(const struct progress *p, double took)
{
	char size[SIZE_TEXT_MAX];

	if (p->bytes > 0) {
		fprintf(stderr, ", %s/s", size_short((uint64_t)((double)p->bytes / took), size));
	} else {
		fprintf(stderr, ", %.0f/s", (double)p->count / took);
	}
}

static void
print_left(double took, double done, double total)
{
	double left = took * (total - done) / done;
	uint64_t whole = left < PROGRESS_LEFT_MAX ? (uint64_t)(left + 0.5) : PROGRESS_LEFT_MAX;

	fprintf(stderr, ", %.0f%%, ", 100 * done / total);
	if (whole >= 3600) {
		fprintf(stderr, "%" PRIu64 ":", whole / 3600);
	}
	fprintf(stderr, "%02" PRIu64 ":%02" PRIu64 " left", whole / 60 % 60, whole % 60);
}

static void
show(struct progress *p, double took)
{
	char bytes[SIZE_TEXT_MAX], total[SIZE_TEXT_MAX];
	bool knows_bytes = p->total_bytes > 0 && p->bytes <= p->total_bytes;

	fprintf(stderr, "\r\033[K%" PRIu64 " %s", p->count, p->noun);
	if (p->bytes > 0) {
		fprintf(stderr, ", %s%s%s", size_short(p->bytes, bytes), knows_bytes ? " of " : "",
		    knows_bytes ? size_short(p->total_bytes, total) : "");
	}
	print_rate(p, took);
	if (knows_bytes && p->bytes > 0) {
		print_left(took, (double)p->bytes, (double)p->total_bytes);
	} else if (p->at > 0 && p->at <= p->end) {
		print_left(took, (double)p->at, (double)p->end);
	}
	fflush(stderr);
	p->shown = true;
}

/* With the lock. */
static void
show_at_times(struct progress *p)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (seconds(&p->last, &now) * 1000 >= (p->shown ? PROGRESS_AGAIN_MS : PROGRESS_FIRST_MS)) {
		p->last = now;
		show(p, seconds(&p->start, &now));
	}
}

void
progress_add(struct progress *p, uint64_t count, uint64_t bytes)
{
	if (p == NULL || !p->on) {
		return;
	}
	pthread_mutex_lock(&p->lock);
	p->count += count;
	p->bytes += bytes;
	show_at_times(p);
	pthread_mutex_unlock(&p->lock);
}

void
progress_reach(struct progress *p, uint64_t at, uint64_t end)
{
	if (!p->on) {
		return;
	}
	pthread_mutex_lock(&p->lock);
	p->at = at;
	p->end = end;
	pthread_mutex_unlock(&p->lock);
}

void
progress_pause(struct progress *p)
{
	if (p == NULL || !p->on) {
		return;
	}
	pthread_mutex_lock(&p->lock);
	if (p->shown) {
		fputs("\r\033[K", stderr);
		fflush(stderr);
	}
}

void
progress_resume(struct progress *p)
{
	if (p != NULL && p->on) {
		pthread_mutex_unlock(&p->lock);
	}
}

void
progress_end(struct progress *p)
{
	if (p->on) {
		progress_pause(p);
		progress_resume(p);
		pthread_mutex_destroy(&p->lock);
		p->on = false;
	}
}
