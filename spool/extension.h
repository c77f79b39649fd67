/*
 * extension.h - the media type that a file name's extension stands for, by the system's list
 *
 * Owns:    the list, in memory
 * Not here: whether the extension is to be believed (cli/media-type.h)
 */
#ifndef SPOOL_EXTENSION_H
#define SPOOL_EXTENSION_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/limits.h"

/* Debian's package media-types. */
#define EXTENSIONS_FILE "/etc/mime.types"

struct extensions;

/* Reads a list; one that cannot be read is empty. NULL: no memory. */
struct extensions *extensions_load(const char *path);
void extensions_free(struct extensions **extensions);

/* The type of a file name; the first that the list has. Whether there is one. */
bool extensions_find(
    struct extensions *extensions, const char *name, size_t len, char type[SNIFF_TYPE_MAX]);

#endif
