/* SPDX-License-Identifier: MIT */
/* A place for kbuild to work in that is not the source's own. */
#ifndef KLINT_OVERLAY_H
#define KLINT_OVERLAY_H

#include <stdbool.h>

/*
 * Make @to a tree of directories like @from, with a symbolic link for each file.  What
 * an earlier build left is not taken along, nor what @leave_out (may be NULL) says of
 * its path.  False with a message.
 */
bool overlay_make(const char *from, const char *to, bool (*leave_out)(const char *path));

/* Is a file of this name something that a build of a module or a kernel leaves? */
bool is_build_product(const char *name);

/* klint may be called by make, whose own settings are not for the make that klint
 * calls: remove them from the environment. */
void forget_make(void);

#endif
