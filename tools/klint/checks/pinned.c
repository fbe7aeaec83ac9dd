/* SPDX-License-Identifier: MIT */
/* What the lints for pinned parts have in common: who looks at what, and how it is told. */
#include "check.h"

void pinned_run(struct pin *pin, struct check_run *(*of)(void *data, uint32_t unit),
		const struct check *const *checks, size_t n, void *data)
{
	for (uint32_t i = 0; i < pin->p->ndefs; i++) {
		const struct def *d = &pin->p->defs[i];
		struct check_run *run;

		if (!d->unit || (d->unit->funcs[d->func].f->flags & KIR_F_HEADER))
			continue;
		run = of(data, d->unit->index);
		for (size_t k = 0; k < n; k++)
			checks[k]->pinned(run, pin, &pin->funcs[i]);
	}
}

void pinned_begin(struct draft *d, struct check_run *run, const char *lint,
		  const struct pin_func *f, uint32_t event)
{
	const struct violation v = { .func = f->def->id, .site = ORIGIN_NONE,
				     .loc = run->m->events[event].loc };

	draft_begin(d, run, lint, &v);
}

void pinned_step(struct draft *d, enum step_role role, const struct def *in, uint32_t event,
		 const char *text)
{
	const struct kir_module *m = in->unit->m;
	const struct kir_loc *l = &m->locs[m->events[event].loc];

	draft_step(d, role, in->id, (struct klint_place){ kir_string(m, l->file), l->line, l->col },
		   text);
}

void pinned_trace(struct draft *d, struct pin *pin, const struct def *from, enum pin_set set,
		  uint32_t part, const char *what)
{
	const struct def *in;
	const struct pin_touch *t = pin_find(pin, from, set, part, &in);

	if (t)
		pinned_step(d, STEP_NOTE, in, t->event,
			    arena_printf(d->run->a, "%s '%s' here", what, pin_name(pin, part)));
}
