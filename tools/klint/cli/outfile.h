/* SPDX-License-Identifier: MIT */
/* A file that is there in full or not at all: written beside its place and
 * renamed.  What is no regular file (a terminal, /dev/null) is written directly. */
#ifndef KLINT_OUTFILE_H
#define KLINT_OUTFILE_H

#include <stdbool.h>
#include <stdio.h>

struct outfile {
	FILE *out;
	char *temp;		/* NULL: `out` is written directly */
	const char *path;	/* NULL: standard output */
};

/* Open for @path, or standard output for NULL.  False with a message. */
bool outfile_open(struct outfile *f, const char *path);
/* Put it into its place.  False with a message; the old file is as it was. */
bool outfile_commit(struct outfile *f);
void outfile_abandon(struct outfile *f);

/* write(2) all of it, in one call as far as the kernel takes it so. */
bool write_fully(int fd, const char *text, size_t len);

#endif
