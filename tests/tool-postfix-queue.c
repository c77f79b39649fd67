/*
 * tool-postfix-queue.c - for tests/e2e-postfix-queue: what postfix/ reads in a queue directory
 *
 *	tool-postfix-queue QUEUE-DIRECTORY
 *
 * A line for each message and time that it is met: queue, id, arrival, complete, asks, recipients
 * separated by commas, and the message in hexadecimal. Tabs between.
 */
#include <inttypes.h>
#include <stdio.h>

#include "postfix/mail.h"
#include "postfix/walk.h"

static int
show(void *arg, const uint8_t *p, size_t len)
{
	(void)arg;
	for (size_t i = 0; i < len; i++) {
		printf("%02x", p[i]);
	}
	return 0;
}

static int
each(void *arg, const struct postfix_place *place)
{
	struct postfix_mail m;
	int ret = postfix_mail_open(place->directory, place->id, &m);

	(void)arg;
	if (ret == 0) {
		printf("%s\t%s\t%" PRId64 "\t%d\t%d\t", place->queue, place->id, m.received,
		    m.complete, m.asks);
		for (size_t i = 0; i < m.recipients; i++) {
			printf("%s%s", i > 0 ? "," : "", m.recipient[i]);
		}
		printf("\t");
		ret = postfix_mail_content(&m, show, NULL);
		printf("\n");
	}
	postfix_mail_close(&m);
	return ret;
}

int
main(int argc, char **argv)
{
	char object[POSTFIX_OBJECT_MAX] = "";
	int ret = argc == 2 ? postfix_walk(argv[1], each, NULL, object) : -1;

	if (ret != 0) {
		fprintf(stderr, "%d %s\n", ret, object);
	}
	return ret == 0 ? 0 : 1;
}
