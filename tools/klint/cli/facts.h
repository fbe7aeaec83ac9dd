/* SPDX-License-Identifier: MIT */
/*
 * Facts: what a compile leaves for `klint link`, beside its object (foo.o.klint).
 * A KIR image, so that it is used where it is mapped, and behind it what links have
 * to know of the compile: lines of key=value, then their length and checksum.
 */
#ifndef KLINT_FACTS_H
#define KLINT_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include "kir/kir.h"

struct facts {
	struct kir_module *m;
	const char *dir;	/* where the compiler ran: relative names start there */
	const char *kernel;	/* its release, or "" */
	const char *object;	/* as the compiler named it, or "": there was no compile */
	void *map;		/* owned */
	size_t size;
	char *text;		/* owned: holds the strings */
};

/* Write the facts of @m to @path through a temporary file beside it.  The directory
 * and the kernel are those that klint runs in.  @object may be NULL.  False with a
 * line in @err; @path is then as it was. */
bool facts_write(const char *path, const struct kir_module *m, const char *object,
		 char *err, size_t errlen);

/* Map and check; KIR without a trailer (.kirb) is read too, with empty strings.  False
 * with a line in @err: not readable, truncated, damaged, of another klint. */
bool facts_open(struct facts *f, const char *path, char *err, size_t errlen);
void facts_close(struct facts *f);

#endif
