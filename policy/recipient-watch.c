/* recipient-watch.c - see recipient-watch.h */
#include "policy/recipient-watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What tells that a file is another one. */
struct signature {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec modified;
};

struct recipient_watch {
	struct loop *loop;
	struct log *log;
	void (*changed)(void *context, const struct recipient_list *list);
	void *changed_context;
	const struct config *config;
	struct recipient_list *list;
	struct recipient_load *load;
	const struct config *pending; /* the configuration that a load belongs to */
	struct signature seen[RECIPIENT_FILES_MAX];
	struct signature candidate[RECIPIENT_FILES_MAX];
	struct loop_timer poll;
	struct loop_timer step;
	void (*done)(void *context, const char *error);
	void *done_context;
	uint64_t failures;
	uint64_t loads;
	char problem[CONFIG_ERROR_MAX];
};

static void
sign(const struct config *config, struct signature *out)
{
	for (unsigned i = 0; i < config->recipient_file_count; i++) {
		struct stat st;

		memset(&out[i], 0, sizeof(out[i]));
		if (stat(config->recipient_files[i], &st) == 0) {
			out[i].device = st.st_dev;
			out[i].inode = st.st_ino;
			out[i].size = st.st_size;
			out[i].modified = st.st_mtim;
		}
	}
}

static void
watch_install(struct recipient_watch *w, struct recipient_list *list)
{
	struct recipient_list *old = w->list;

	w->list = list;
	w->loads++;
	w->problem[0] = 0;
	w->changed(w->changed_context, list);
	recipient_list_free(old);
}

/* Ends a load, whatever came of it. */
static void
watch_conclude(struct recipient_watch *w, const char *error)
{
	void (*done)(void *, const char *) = w->done;

	if (error == NULL) {
		w->config = w->pending;
		watch_install(w, recipient_load_take(w->load));
		log_begin(w->log, "recipients");
		log_number(w->log, "loaded", (int64_t)recipient_list_count(w->list));
		log_end(w->log);
	} else if (done == NULL) {
		w->failures++;
		snprintf(w->problem, sizeof(w->problem), "%s", error);
		log_say(w->log, LOG_LEVEL_ERROR, "%s; the old list stays in use", error);
	} else {
		/* What changed meanwhile was not loaded: the next poll must notice it. */
		memset(w->seen, 0, sizeof(w->seen));
	}
	recipient_load_free(w->load);
	w->load = NULL;
	w->done = NULL;
	if (done != NULL) {
		done(w->done_context, error);
	}
}

static void
watch_step(void *context)
{
	struct recipient_watch *w = context;
	char error[CONFIG_ERROR_MAX];

	switch (recipient_load_step(w->load, error)) {
	case RECIPIENT_STEP_MORE:
		(void)loop_timer_set(w->loop, &w->step, loop_now(w->loop));
		break;
	case RECIPIENT_STEP_DONE:
		watch_conclude(w, NULL);
		break;
	case RECIPIENT_STEP_FAILED:
		watch_conclude(w, error);
		break;
	}
}

static bool
watch_begin(struct recipient_watch *w, const struct config *config)
{
	w->pending = config;
	w->load = recipient_load_begin(config->recipient_files, config->recipient_file_count);
	return w->load != NULL && loop_timer_set(w->loop, &w->step, loop_now(w->loop)) == 0;
}

static void
watch_poll(void *context)
{
	struct recipient_watch *w = context;
	struct signature now[RECIPIENT_FILES_MAX];
	size_t size;

	(void)loop_timer_set(w->loop, &w->poll, loop_now(w->loop) + RECIPIENT_POLL_MS);
	if (w->load != NULL || w->config == NULL || w->config->recipient_file_count == 0) {
		return;
	}
	sign(w->config, now);
	size = sizeof(now[0]) * w->config->recipient_file_count;
	if (memcmp(now, w->seen, size) != 0) {
		if (memcmp(now, w->candidate, size) != 0) {
			memcpy(w->candidate, now, size); /* perhaps still being written */
			return;
		}
		memcpy(w->seen, now, size);
		if (!watch_begin(w, w->config)) {
			recipient_load_free(w->load);
			w->load = NULL;
		}
	}
}

struct recipient_watch *
recipient_watch_new(struct loop *loop, struct log *log,
    void (*changed)(void *context, const struct recipient_list *list), void *context)
{
	struct recipient_watch *w = calloc(1, sizeof(*w));

	if (w != NULL) {
		w->loop = loop;
		w->log = log;
		w->changed = changed;
		w->changed_context = context;
		w->poll = (struct loop_timer){.fire = watch_poll, .context = w};
		w->step = (struct loop_timer){.fire = watch_step, .context = w};
		(void)loop_timer_set(loop, &w->poll, loop_now(loop) + RECIPIENT_POLL_MS);
	}
	return w;
}

static void
watch_abandon(struct recipient_watch *w)
{
	loop_timer_clear(w->loop, &w->step);
	recipient_load_free(w->load);
	w->load = NULL;
	w->done = NULL;
}

void
recipient_watch_free(struct recipient_watch *w)
{
	if (w != NULL) {
		watch_abandon(w);
		loop_timer_clear(w->loop, &w->poll);
		recipient_list_free(w->list);
		free(w);
	}
}

static const char saved_name[] = "recipients";

/* What an earlier process has saved, instead of files that cannot be loaded. */
static bool
watch_load_saved(struct recipient_watch *w, const struct config *config, const char *error)
{
	enum recipient_step step = RECIPIENT_STEP_MORE;
	char path[4096], ignored[CONFIG_ERROR_MAX], *files[] = {path};
	struct recipient_load *load;
	int n = snprintf(path, sizeof(path), "%s/%s", config->state, saved_name);

	if (n < 0 || (size_t)n >= sizeof(path)) {
		return false;
	}
	load = recipient_load_begin(files, 1);
	while (load != NULL && step == RECIPIENT_STEP_MORE) {
		step = recipient_load_step(load, ignored);
	}
	if (step == RECIPIENT_STEP_DONE) {
		watch_install(w, recipient_load_take(load));
		w->failures++;
		snprintf(w->problem, sizeof(w->problem), "%s", error);
		log_say(w->log, LOG_LEVEL_ERROR,
		    "%s; the last good list, '%s', is in use: %zu recipients", error, path,
		    recipient_list_count(w->list));
	}
	recipient_load_free(load);
	return step == RECIPIENT_STEP_DONE;
}

bool
recipient_watch_load(struct recipient_watch *w, const struct config *config, char *error)
{
	enum recipient_step step = RECIPIENT_STEP_MORE;

	w->config = config;
	if (config->recipient_file_count == 0) {
		return true;
	}
	sign(config, w->seen);
	w->pending = config;
	w->load = recipient_load_begin(config->recipient_files, config->recipient_file_count);
	if (w->load == NULL) {
		strncpy(error, "out of memory", CONFIG_ERROR_MAX);
		return false;
	}
	while (step == RECIPIENT_STEP_MORE) {
		step = recipient_load_step(w->load, error);
	}
	if (step == RECIPIENT_STEP_DONE) {
		watch_conclude(w, NULL);
	} else {
		watch_abandon(w);
	}
	return step == RECIPIENT_STEP_DONE ||
	    (config->state != NULL && watch_load_saved(w, config, error));
}

static uint64_t
part_changes(void *context)
{
	const struct recipient_watch *w = context;

	return w->list != NULL ? w->loads << 32 : 0; /* each list is written whole */
}

static size_t
part_size(void *context)
{
	const struct recipient_watch *w = context;

	return w->list != NULL ? recipient_list_bytes(w->list) : 0;
}

static void
part_write(void *context, FILE *f, uint64_t since, int64_t offset)
{
	const struct recipient_watch *w = context;

	(void)since;
	(void)offset;
	if (w->list != NULL) {
		recipient_list_write(w->list, f);
	}
}

struct state_part
recipient_watch_part(struct recipient_watch *w)
{
	return (struct state_part){
	    .name = saved_name,
	    .header = "# mailgraft-policyd: the last good list of recipients\n",
	    .changes = part_changes,
	    .size = part_size,
	    .write = part_write,
	    .context = w,
	};
}

const char *
recipient_watch_problem(const struct recipient_watch *w)
{
	return w->problem;
}

void
recipient_watch_reload(struct recipient_watch *w, const struct config *config,
    void (*done)(void *context, const char *error), void *context)
{
	watch_abandon(w);
	if (config->recipient_file_count == 0) {
		w->config = config;
		watch_install(w, NULL);
		done(context, NULL);
		return;
	}
	sign(config, w->seen);
	w->done = done;
	w->done_context = context;
	if (!watch_begin(w, config)) {
		watch_conclude(w, "out of memory");
	}
}

const struct recipient_list *
recipient_watch_list(const struct recipient_watch *w)
{
	return w->list;
}

uint64_t
recipient_watch_failures(const struct recipient_watch *w)
{
	return w->failures;
}
