/* domain-name.c - see domain-name.h */
#include "policy/domain-name.h"

#include <idn2.h>
#include <stdlib.h>
#include <string.h>

static bool
domain_name_is_ldh(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static char
domain_name_lower(char c)
{
	if (c >= 'A' && c <= 'Z') {
		return (char)(c + ('a' - 'A'));
	}
	return c;
}

/* ASCII only: lower-cases, checks labels and lengths. */
static enum domain_name_status
domain_name_from_ascii(struct domain_name *name, const char *text, size_t len)
{
	size_t label = 0;

	if (len > 0 && text[len - 1] == '.') {
		len--;
	}
	if (len == 0) {
		return DOMAIN_NAME_EMPTY;
	}
	if (len > DOMAIN_TEXT_MAX) {
		return DOMAIN_NAME_BAD;
	}
	for (size_t i = 0; i < len; i++) {
		char c = domain_name_lower(text[i]);

		if (c == '.') {
			if (label == 0) {
				return DOMAIN_NAME_BAD;
			}
			label = 0;
		} else if (!domain_name_is_ldh(c) || ++label > DOMAIN_LABEL_MAX) {
			return DOMAIN_NAME_BAD;
		}
		name->text[i] = c;
	}
	if (label == 0) {
		return DOMAIN_NAME_BAD;
	}
	name->text[len] = 0;
	name->len = (uint8_t)len;
	return DOMAIN_NAME_OK;
}

/* UTF-8 to A-labels. */
static enum domain_name_status
domain_name_from_utf8(struct domain_name *name, const char *text, size_t len)
{
	enum domain_name_status status = DOMAIN_NAME_BAD_IDN;
	char copy[MAILBOX_MAX + 1];
	char *ascii = NULL;

	if (len > MAILBOX_MAX || memchr(text, 0, len) != NULL) {
		return DOMAIN_NAME_BAD;
	}
	memcpy(copy, text, len);
	copy[len] = 0;
	if (idn2_to_ascii_8z(copy, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK) {
		goto out;
	}
	if (domain_name_from_ascii(name, ascii, strlen(ascii)) == DOMAIN_NAME_OK) {
		status = DOMAIN_NAME_OK;
	}
out:
	idn2_free(ascii);
	return status;
}

/* An "xn--" label must decode to something that is encoded as just this. */
static bool
domain_name_alabels_decode(const struct domain_name *name)
{
	char *utf8 = NULL, *again = NULL;
	bool same;

	if (strstr(name->text, "xn--") == NULL) {
		return true;
	}
	same = idn2_to_unicode_8z8z(name->text, &utf8, 0) == IDN2_OK &&
	    idn2_to_ascii_8z(utf8, &again, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK &&
	    strcmp(again, name->text) == 0;
	idn2_free(utf8);
	idn2_free(again);
	return same;
}

enum domain_name_status
domain_name_parse(struct domain_name *name, const char *text, size_t len)
{
	enum domain_name_status status;

	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] >= 0x80) {
			return domain_name_from_utf8(name, text, len);
		}
	}
	status = domain_name_from_ascii(name, text, len);
	if (status == DOMAIN_NAME_OK && !domain_name_alabels_decode(name)) {
		return DOMAIN_NAME_BAD_IDN;
	}
	return status;
}

bool
domain_name_equal(const struct domain_name *name, const char *text, size_t len)
{
	return name->len == len && memcmp(name->text, text, len) == 0;
}

bool
domain_name_covers(const struct domain_name *name, const char *text, size_t len)
{
	if (len <= name->len) {
		return domain_name_equal(name, text, len);
	}
	return text[len - name->len - 1] == '.' &&
	    memcmp(text + len - name->len, name->text, name->len) == 0;
}

int
domain_name_compare(const struct domain_name *a, const struct domain_name *b)
{
	return strcmp(a->text, b->text);
}
