/* SPDX-License-Identifier: MIT */
/*
 * init-unwind: a function makes something known to others, fails later, and does not undo it
 * on that way, although it does on another one, or the driver does when it is unbound.
 */
#include "check.h"
#include "engine/names.h"

#include <string.h>

struct unwind {
	struct check_run *run;
	struct pin *pin;
	const struct pin_func *f;
	const struct kir_func *kf;
	struct pin_order *order;
	struct pin_places undone;
	const struct pin_func *elsewhere;	/* where the driver undoes it, or NULL */
	const struct pin_touch *elsewhere_by;
};

#define DEEP 3	/* conditions around what undoes it */

/* A place where it is undone.  A condition that asks whether it has to be, or how often, is as
 * good as that; one that asks whether something else has failed is not. */
static void add_undo(struct unwind *w, uint32_t block, uint32_t event)
{
	uint32_t at = block, guard;

	pin_add_place(&w->undone, block, event);
	for (unsigned int i = 0; i < DEEP; i++) {
		guard = pin_guard(w->order, at);
		if (guard == KIR_NONE || (pin_asks_failure(w->run->m, w->kf, guard, at) &&
					  !pin_after(w->order, at, KIR_NONE - 1, guard, 0)))
			return;
		pin_add_place(&w->undone, guard, KIR_NONE);
		at = guard;
	}
}

static bool is_undone_by(const struct unwind *w, const char *what, const char *name)
{
	const char *by;

	for (size_t i = 0; (by = rules_undone(w->run->r, what, i)); i++)
		if (!strcmp(by, name))
			return true;
	return false;
}

/* All places of the function that undo what the function @what does. */
static void find_undone(struct unwind *w, const char *what)
{
	const struct names *names = w->pin->p->names;

	for (uint32_t i = 0; i < w->f->ntouches; i++) {
		const struct pin_touch *t = &w->f->touches[i];

		if (t->action == TOUCH_LEAVE && is_undone_by(w, what, names_text(names, t->record)))
			add_undo(w, t->block, t->event);
	}
	for (uint32_t i = 0; i < w->f->ncalls; i++) {
		const struct pin_call *c = &w->f->calls[i];
		const char *by;

		if (c->later && !c->undoes)
			continue;
		for (size_t k = 0; (by = rules_undone(w->run->r, what, k)); k++)
			if (pin_leaves(w->pin, c->def, names_find(w->pin->p->names, by)))
				add_undo(w, c->block, c->event);
	}
}

/* Does the driver undo it when it is unbound? */
static void find_elsewhere(struct unwind *w, const char *what)
{
	const struct pin_leave *l = w->pin->leaves[w->pin->directories[w->f->def->unit->index]];

	for (; l && !w->elsewhere; l = l->next)
		if (l->in->def->unit == w->f->def->unit && (l->in->reached & PIN_BY_UNBIND) &&
		    is_undone_by(w, what, names_text(w->pin->p->names, l->by->record))) {
			w->elsewhere = l->in;
			w->elsewhere_by = l->by;
		}
}

static void tell(struct unwind *w, const struct pin_touch *t, const char *what, kir_id at)
{
	const char *by = rules_undone(w->run->r, what, 0);
	struct draft d;

	pinned_begin(&d, w->run, "init-unwind", w->f, t->event);
	d.f.message = arena_printf(w->run->a, "%s() fails later without undoing %s()",
				   func_name(w->run, w->f->def->id), what);
	d.f.key = arena_printf(w->run->a, "%s", what);
	d.f.fix = arena_printf(w->run->a, "%s() on that way", by);
	pinned_step(&d, STEP_CONTEXT, w->f->def, t->event, "is in force from here on");
	if (w->undone.n && w->undone.v[0].event != KIR_NONE)
		pinned_step(&d, STEP_NOTE, w->f->def, w->undone.v[0].event, "is undone here, on another way");
	else if (w->elsewhere)
		pinned_step(&d, STEP_NOTE, w->elsewhere->def, w->elsewhere_by->event,
			    "is undone here when the driver is unbound");
	draft_step(&d, STEP_BREAK, w->f->def->id, place_of(w->run, at),
		   "returns the failure from here");
	draft_end(&d);
}

static void entered(struct unwind *w, const struct pin_touch *t)
{
	const char *what = names_text(w->pin->p->names, t->record);
	const struct pin_place from = { t->block, t->event };
	kir_id at;

	if (pin_after(w->order, t->block, t->event, t->block, t->event))
		return;		/* in a loop: nobody counts its rounds */
	w->undone.n = 0;
	w->undone.more = false;
	w->elsewhere = NULL;
	find_undone(w, what);
	if (!w->undone.n && w->f->binds)
		find_elsewhere(w, what);
	if ((!w->undone.n && !w->elsewhere) || w->undone.more ||
	    !pin_fails(w->run->m, w->kf, from, &w->undone, &at))
		return;
	tell(w, t, what, at);
}

static void pinned(struct check_run *run, struct pin *pin, const struct pin_func *f)
{
	struct unwind w = { .run = run, .pin = pin, .f = f, .kf = run->e->funcs[f->def->func].f };

	for (uint32_t i = 0; i < f->ntouches; i++) {
		if (f->touches[i].action != TOUCH_ENTER)
			continue;
		if (!w.order)
			w.order = pin_order_new(run->m, w.kf);
		entered(&w, &f->touches[i]);
	}
	pin_order_free(w.order);
}

const struct check check_init_unwind = {
	.info = { .id = "init-unwind", .severity = SEV_WARNING,
		  .summary = "a function that fails does not undo what it has registered" },
	.pinned = pinned,
};
