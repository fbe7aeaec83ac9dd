/* SPDX-License-Identifier: MIT */
#ifndef KLINT_PARALLEL_H
#define KLINT_PARALLEL_H

#include <stddef.h>

/* Call @one for each of 0 … @n - 1, on @threads threads (0: as many as there are
 * processors), in any order; on return all are done.  @one must not care which thread it
 * is on. */
void in_parallel(size_t n, unsigned int threads, void (*one)(void *data, size_t i), void *data);

#endif
