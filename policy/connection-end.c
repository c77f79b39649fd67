/* connection-end.c - see connection-end.h */
#include "policy/connection-end.h"

const char *
connection_close_name(enum connection_close why)
{
	static const char *const names[] = {
#define X(name, word) (word),
	    CONNECTION_ENDS(X)
#undef X
	};

	return names[why];
}
