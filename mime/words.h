/*
 * words.h - an unstructured field body without its folding and encoded words (RFC 2047)
 *
 * Made for fields whose content is ASCII by definition: mail libraries turn a
 * long enough one into encoded words, and cut it wherever they like.
 *
 * Not here: character sets. The decoded bytes are given as they are.
 */
#ifndef MIME_WORDS_H
#define MIME_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decodes a field body into out. White space between adjacent encoded words
 * is dropped (RFC 2047 6.2), line ends become spaces. Returns the length, or -1
 * where it does not fit or an encoded word does not decode.
 */
long words_decode(const uint8_t *body, size_t len, uint8_t *out, size_t cap);

/*
 * The one charset of all encoded words in a body, as it is written, without a language
 * (RFC 2231 5); points into the body. false: there is no word, or two charsets.
 */
bool words_charset(const uint8_t *body, size_t len, const uint8_t **label_r, size_t *label_len_r);

#endif
