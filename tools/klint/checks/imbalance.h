/* SPDX-License-Identifier: MIT */
#ifndef KLINT_IMBALANCE_H
#define KLINT_IMBALANCE_H

#include "check.h"

/* Word a V_IMBALANCE violation as @lint: @what ("the mutex 'm'"), @more what an
 * exit with a positive depth means and @less with a negative one.  The steps of
 * the cause stand in @d already. */
void word_imbalance(struct draft *d, const struct violation *v, const char *more,
		    const char *less);

#endif
