/* verdict.c - see verdict.h */
#include "policy/verdict.h"

const char *
action_name(enum action action)
{
	static const char *const names[] = {
	    [ACTION_WAIT] = "wait",
	    [ACTION_PERMIT] = "permit",
	    [ACTION_REFUSE] = "refuse",
	    [ACTION_TEMPORARY] = "temporary",
	    [ACTION_PASS] = "pass",
	};

	return names[action];
}

const char *
reason_code(enum reason reason)
{
	static const char *const codes[] = {
#define X(name, text) [REASON_##name] = #name,
	    REASONS(X)
#undef X
	};

	return codes[reason];
}

const char *
reason_text(enum reason reason)
{
	static const char *const texts[] = {
#define X(name, text) [REASON_##name] = (text),
	    REASONS(X)
#undef X
	};

	return texts[reason];
}
