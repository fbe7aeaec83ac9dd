/* SPDX-License-Identifier: MIT */
/* On whose behalf each function runs: by the roots of the call graph that lead to it. */
#include "sets.h"

#include <stdlib.h>
#include "engine/names.h"
#include "engine/targets.h"

struct reach {
	struct pin *pin;
	uint32_t *stack;	/* of defs */
	size_t n, cap;
};

static void mark(struct reach *r, const struct def *d, uint8_t how)
{
	struct pin_func *f = &r->pin->funcs[d->id];

	if (!d->unit || (f->reached | how) == f->reached)
		return;
	f->reached |= how;
	vec_push(r->stack, r->n, r->cap) = d->id;
}

static void mark_tables(struct reach *r, const struct engine *e)
{
	static const uint8_t how[] = {
		[PHASE_NONE] = PIN_BY_OTHERS, [PHASE_BIND] = PIN_BY_BIND,
		[PHASE_PAUSE] = PIN_BY_PAUSE, [PHASE_UNBIND] = PIN_BY_UNBIND
	};
	const struct names *names = r->pin->p->names;

	for (size_t i = 0; i < e->ntargets; i++) {
		const struct target *t = &e->targets[i];
		const struct def *d = e->funcs[t->func].target;
		enum rule_phase phase = rules_phase(r->pin->p->rules, names_text(names, t->record),
						    names_text(names, t->field));

		if (!d || !d->unit)
			continue;
		mark(r, d, how[phase]);
		r->pin->funcs[d->id].binds |= phase == PHASE_BIND;
	}
}

/* Functions that nobody calls, and that are in no table whose calls are known. */
static void mark_roots(struct reach *r)
{
	const struct program *p = r->pin->p;
	bool *called = xcalloc(p->ndefs + 1u, sizeof(*called));

	for (uint32_t i = 0; i < p->ndefs; i++) {
		const struct pin_func *f = &r->pin->funcs[i];

		for (uint32_t k = 0; k < f->ncalls; k++)
			called[f->calls[k].def->id] |= !f->calls[k].later;
	}
	for (uint32_t i = 0; i < p->ndefs; i++) {
		const struct def *d = &p->defs[i];
		uint32_t flags;

		if (!d->unit || called[i] || r->pin->funcs[i].reached)
			continue;
		flags = d->unit->funcs[d->func].f->flags;
		mark(r, d, flags & (KIR_F_ADDRESS_TAKEN | KIR_F_STATIC) ? PIN_BY_OTHERS :
								     PIN_BY_UNKNOWN);
	}
	free(called);
}

static void propagate(struct reach *r)
{
	while (r->n) {
		const struct pin_func *f = &r->pin->funcs[r->stack[--r->n]];

		for (uint32_t i = 0; i < f->ncalls; i++)
			if (!f->calls[i].later)
				mark(r, f->calls[i].def, f->reached);
	}
}

void pin_reach_make(struct pin *pin)
{
	struct reach r = { .pin = pin };

	for (size_t i = 0; i < pin->p->nunits; i++)
		mark_tables(&r, pin->p->units[i]);
	for (uint32_t i = 0; i < pin->p->ndefs; i++)
		for (uint32_t k = 0; k < pin->funcs[i].ncalls; k++)
			if (pin->funcs[i].calls[k].undoes)
				mark(&r, pin->funcs[i].calls[k].def, PIN_BY_UNBIND);
	mark_roots(&r);
	propagate(&r);
	free(r.stack);
}
