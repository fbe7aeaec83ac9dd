/* SPDX-License-Identifier: MIT */
/* The dependency files of compilers. */
#ifndef KLINT_DEPFILE_H
#define KLINT_DEPFILE_H

#include "base/base.h"
#include "options.h"

/* Append the prerequisites of the rule in @path; the strings live as long as @arena.
 * False when it cannot be read, or holds no rule. */
bool depfile_read(struct string_list *deps, struct arena *arena, const char *path);

#endif
