/*
 * options.c - the next option of a command line
 */
#include "filter/options.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int
mistake(char sentence[OPTION_SENTENCE_MAX], const char *before, const char *word, const char *after)
{
	(void)snprintf(sentence, OPTION_SENTENCE_MAX, "%s '%.200s'%s", before, word, after);
	return '?';
}

/* Whether the word is "--name" or "--name=value", with the name in full. */
static bool
is_spelled_out(const char *word, const char *name)
{
	size_t len = strlen(name);

	return strncmp(word, "--", 2) == 0 && strncmp(word + 2, name, len) == 0 &&
	    (word[2 + len] == '\0' || word[2 + len] == '=');
}

int
option_next(int argc, char **argv, const struct option *options, char sentence[OPTION_SENTENCE_MAX])
{
	int before = optind == 0 ? 1 : optind, which = 0, option;
	const char *word;

	opterr = 0;
	option = getopt_long(argc, argv, ":", options, &which);
	if (option == -1) {
		return -1;
	}
	/* the word that was read last: the option, or its value where that is a word of its own */
	word = argv[optind > before ? optind - 1 : before];
	if (option == ':') {
		return mistake(sentence, "option", word, " needs a value");
	}
	if (option == '?' && optopt != 0 && strncmp(word, "--", 2) == 0) {
		return mistake(sentence, "option", word, " takes no value");
	}
	if (option != '?' && optarg == word) {
		word = argv[optind - 2];
	}
	if (option == '?' || !is_spelled_out(word, options[which].name)) {
		return mistake(sentence, "there is no option", word, "");
	}
	return option;
}
