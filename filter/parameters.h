/*
 * parameters.h - writes the parameters of fields such as Content-Type in strict form
 *
 * No comments, no blanks around `=`, quotes where RFC 2045 wants them (DESIGN.md, What is
 * rewritten is written strictly).
 */
#ifndef FILTER_PARAMETERS_H
#define FILTER_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/sink.h"
#include "mime/content.h"

/* A word and, where there is one, its subtype. Returns their length. */
size_t parameters_put_type(struct sink *s, const uint8_t *body, const struct content *c);

/*
 * `; attribute=value`. Where `column` bytes of the line are used already and the rest is too short,
 * on a line of its own. Returns the column after it.
 */
size_t parameters_put(
    struct sink *s, const uint8_t *body, const struct content_param *p, size_t column);

/*
 * Every parameter but `but`, in any form (NUL-terminated lower case); of two equal ones the first;
 * none that has no value, or one of which nobody knows where it ends.
 */
void parameters_put_all(
    struct sink *s, const uint8_t *body, const struct content *c, const char *but, size_t column);

#endif
