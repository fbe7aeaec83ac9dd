/* SPDX-License-Identifier: MIT */
/* Inside the engine: contracts that the program has from elsewhere. */
#ifndef KLINT_IMPORTS_H
#define KLINT_IMPORTS_H

#include "engine.h"

struct imports;
void imports_free(struct imports *im);
uint32_t imports_count(const struct imports *im);
/* Entry @i: the function's name id and where its contract is. */
uint32_t imports_name(const struct imports *im, uint32_t i);
size_t imports_offset(const struct imports *im, uint32_t i);

#endif
