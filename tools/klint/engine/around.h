/* SPDX-License-Identifier: MIT */
#ifndef KLINT_AROUND_H
#define KLINT_AROUND_H

#include "engine.h"

/* Set observed.around of the calls of @f.  True: it sleeps on every path. */
bool around_infer(struct engine *e, const struct kir_func *f);

#endif
