/* SPDX-License-Identifier: MIT */
/* Inside flow: a function while it is read. */
#ifndef KLINT_FLOW_READER_H
#define KLINT_FLOW_READER_H

#include "flow.h"

struct reader {
	const struct kir_module *m;
	const struct kir_func *f;
	struct flow *fl;
};

static inline void set_bit(uint64_t *set, uint32_t i)
{
	set[i / 64] |= 1ull << (i % 64);
}

/* The summary that a call of the event applies, or NULL. */
const struct summary *flow_called(struct engine *e, const struct kir_event *ev);
/* In place, each once. */
void flow_sort_names(uint32_t *names, size_t *n);
/* flow_stores.c: fl->stores, ->stored and ->event_stores, in @a. */
void flow_infer_stores(struct engine *e, const struct reader *r, struct arena *a);

#endif
