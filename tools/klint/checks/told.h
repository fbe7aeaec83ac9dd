/* SPDX-License-Identifier: MIT */
/* Inside checks: what was told of a function, as bytes. */
#ifndef KLINT_TOLD_H
#define KLINT_TOLD_H

#include "check.h"

#define TOLD_STEPS 32	/* as many as a draft has */

/* Append the findings, no gaps. */
void told_write(struct blob *b, const struct finding_list *l);
/* Append to @l what was written; false: it is damaged. */
bool told_read(const void *data, size_t size, struct finding_list *l);

#endif
