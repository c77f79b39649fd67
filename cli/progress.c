/*
 * progress.c - one line on stderr, rewritten once a second
 */
#include "cli/progress.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static double
seconds(const struct timespec *from, const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) / 1e9;
}

void
progress_begin(struct progress *p, int input)
{
	struct stat st;

	*p = (struct progress){.on = isatty(STDERR_FILENO) != 0};
	if (input >= 0 && fstat(input, &st) == 0 && S_ISREG(st.st_mode)) {
		p->total = (uint64_t)st.st_size;
	}
	clock_gettime(CLOCK_MONOTONIC, &p->start);
	p->shown = p->start;
}

static void
show(struct progress *p, double took, uint64_t done)
{
	double rate = took > 0 ? (double)p->count / took : 0;

	fprintf(stderr, "\r\033[K%llu done, %.1f MB, %.0f/s", (unsigned long long)p->count,
	    (double)p->bytes / 1e6, rate);
	if (p->total > 0 && done > 0 && done <= p->total) {
		double left = took * (double)(p->total - done) / (double)done;
		fprintf(stderr, ", %.0f s left", left);
	}
}

void
progress_add(struct progress *p, uint64_t bytes, uint64_t done)
{
	struct timespec now;

	p->count++;
	p->bytes += bytes;
	if (!p->on) {
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (seconds(&p->shown, &now) >= 1) {
		p->shown = now;
		show(p, seconds(&p->start, &now), done);
	}
}

void
progress_end(struct progress *p)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (p->on && seconds(&p->start, &now) >= 1) {
		show(p, seconds(&p->start, &now), 0);
		fputc('\n', stderr);
	}
}
