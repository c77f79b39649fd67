/*
 * recipient-answer.h - what a domain's primary says of a recipient, as far as it can be known now
 *
 * Not here: how that is found out (learner.h), what follows from it (decision.h)
 */
#ifndef POLICY_RECIPIENT_ANSWER_H
#define POLICY_RECIPIENT_ANSWER_H

enum recipient_answer {
	RECIPIENT_WAIT, /* it is being found out */
	RECIPIENT_KNOWN,
	RECIPIENT_NO_USER,
	RECIPIENT_TAKES_ALL, /* the primary takes whatever it is asked, so that nothing follows */
	RECIPIENT_UNSEEN,    /* the primary is down, and nothing is known from before */
	RECIPIENT_UNTOLD,    /* nothing is known, and it cannot be asked now */
};

#endif
