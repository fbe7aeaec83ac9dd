/* SPDX-License-Identifier: MIT */
/*
 * Name ids: one number per distinct string, for all names that the engine meets in
 * any unit of the program.  Safe to use from several threads.
 *
 * A function or variable with internal linkage is named `name` and the file that it
 * stands in: two files' statics of one name are two names, with one text.
 */
#ifndef KLINT_NAMES_H
#define KLINT_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct names;
struct names *names_new(void);		/* id 0 is "" */
void names_free(struct names *n);
uint32_t names_add(struct names *n, const char *text);
/* The static called @text of @file. */
uint32_t names_add_static(struct names *n, const char *text, const char *file);
/* The id of @text, or UINT32_MAX when nobody has added it. */
uint32_t names_find(struct names *n, const char *text);
/* What people call it; lives as long as @n. */
const char *names_text(const struct names *n, uint32_t id);
/* The file of a static, else "". */
const char *names_file(const struct names *n, uint32_t id);
size_t names_count(const struct names *n);

#endif
