/*
 * gmime-start.c - see gmime-start.h
 */
#include "mime/gmime-start.h"

#include <gmime/gmime.h>
#include <signal.h>

void
gmime_start(void)
{
	struct sigaction before;

	sigaction(SIGPIPE, NULL, &before);
	g_mime_init();
	/* Another thread may be between these lines, too: it must not bring back what GMime did. */
	if (before.sa_handler != SIG_IGN) {
		sigaction(SIGPIPE, &before, NULL);
	}
}
