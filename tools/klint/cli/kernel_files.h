/* SPDX-License-Identifier: MIT */
#ifndef KLINT_KERNEL_FILES_H
#define KLINT_KERNEL_FILES_H

#include "kernel.h"

/* Walk over the source: fills clean, files and rules. */
void kernel_look(struct kernel *k);

/* Make the tree of links anew.  False with a message. */
bool kernel_make_links(const struct kernel *k);

/* Remove all that kbuild has made.  Facts stay. */
void kernel_forget_all(const struct kernel *k);
/* Remove what a worker that was killed has left half-written. */
void kernel_forget_pieces(const struct kernel *k);

#endif
