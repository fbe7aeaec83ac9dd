/* SPDX-License-Identifier: MIT */
/*
 * list-exclusive: a node that is in a list is added again, one that is in none is deleted,
 * or a walk goes on from an entry that has been freed.
 */
#include "list_node.h"

struct node_walk {
	struct check_run *run;
	struct pin *pin;
	const struct pin_func *f;
	const struct kir_func *kf;
	struct pin_order *order;
};

static kir_id first_arg(const struct check_run *run, uint32_t event)
{
	const struct kir_event *ev = &run->m->events[event];

	return ev->arg_count ? run->m->args[ev->arg_first] : KIR_NONE;
}

/* Does the value depend on what the place holds? */
static bool depends_on(const struct kir_module *m, kir_id id, kir_id place)
{
	const struct kir_value *v;

	if (id == KIR_NONE)
		return false;
	if (id == place)
		return true;
	v = &m->values[id];
	switch (v->kind) {
	case KIR_V_FIELD: case KIR_V_DEREF: case KIR_V_ADDR: case KIR_V_CONTAINER:
		return depends_on(m, v->a, place);
	case KIR_V_INDEX: case KIR_V_OP:
		return depends_on(m, v->a, place) || depends_on(m, v->b, place);
	default:
		return false;
	}
}

/* Places from which on the value @node, the address of the part, means another node, or one
 * whose state nobody knows. */
static void find_changes(const struct node_walk *w, kir_id node, uint32_t part, struct pin_places *p)
{
	const struct kir_module *m = w->run->m;

	for (uint32_t b = 0; b < w->kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[w->kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			const struct kir_event *ev = &m->events[i];

			if (ev->dst != KIR_NONE && depends_on(m, node, ev->dst))
				pin_add_place(p, b, i);
		}
	}
	for (uint32_t i = 0; i < w->f->ntouches; i++) {
		const struct pin_touch *t = &w->f->touches[i];

		if (t->part == part && (t->action == TOUCH_LINK || t->action == TOUCH_UNLINK ||
					t->action == TOUCH_INIT))
			pin_add_place(p, t->block, t->event);
	}
	for (uint32_t i = 0; i < w->f->ncalls; i++) {
		const struct pin_call *c = &w->f->calls[i];

		if (!c->later && (pin_does(w->pin, c->def, PIN_LINKED, part) ||
				  pin_does(w->pin, c->def, PIN_UNLINKED, part)))
			pin_add_place(p, c->block, c->event);
	}
}

/* Does @event stand among the places, and is it gone from there? */
static void leave_out(struct pin_places *p, uint32_t event)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n; i++)
		if (p->v[i].event != event)
			p->v[n++] = p->v[i];
	p->n = n;
}

static void tell(const struct node_walk *w, const struct pin_touch *one,
		 const struct pin_touch *other)
{
	bool added = one->action == TOUCH_LINK;
	struct draft d;

	pinned_begin(&d, w->run, "list-exclusive", w->f, other->event);
	d.f.message = arena_printf(w->run->a, added ?
		"%s() adds '%s', which is in a list already" :
		"%s() deletes '%s', which was deleted before",
		event_callee(w->run, other->event), pin_name(w->pin, other->part));
	d.f.key = arena_printf(w->run->a, "%s twice", pin_name(w->pin, other->part));
	d.f.fix = added ? "delete it from the one list first, or move it" :
		"delete it once, or with the form that initialises it";
	pinned_step(&d, STEP_CONTEXT, w->f->def, one->event, added ? "is added here" : "is deleted here");
	pinned_step(&d, STEP_BREAK, w->f->def, other->event, "and here again, with nothing in between");
	draft_end(&d);
}

/* Is the variable given a constant somewhere behind its declaration: is it a flag? */
static bool is_flag(const struct node_walk *w, kir_id variable)
{
	const struct kir_module *m = w->run->m;

	for (uint32_t b = 0; b < w->kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[w->kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++)
			if (m->events[i].kind == KIR_E_STORE && m->events[i].dst == variable &&
			    !(m->events[i].flags & KIR_EF_INIT) &&
			    m->values[m->events[i].value].kind == KIR_V_INT)
				return true;
	}
	return false;
}

#define DEEP 3		/* conditions around a place */

/* Does a flag of the function say whether the place is passed? */
static bool is_flagged(const struct node_walk *w, const struct pin_touch *t)
{
	const struct kir_module *m = w->run->m;
	uint32_t guard = pin_guard(w->order, t->block);

	for (unsigned int i = 0; i < DEEP && guard != KIR_NONE; i++) {
		kir_id cond = m->blocks[w->kf->block_first + guard].value;

		while (m->values[cond].kind == KIR_V_OP && m->values[cond].op == KIR_OP_NOT)
			cond = m->values[cond].a;
		if (m->values[cond].kind == KIR_V_LOCAL && is_flag(w, cond))
			return true;
		guard = pin_guard(w->order, guard);
	}
	return false;
}

/* Does no way lead to the one place but past the other?  A node is often put into one list
 * under a condition, and into another one when that is not so, and what says so is not always
 * the same value. */
static bool is_always_first(const struct node_walk *w, struct pin_place first, struct pin_place to)
{
	struct pin_places avoid = { .n = 0 };

	pin_add_place(&avoid, first.block, first.event);
	return !pin_leads(w->order, to, &avoid);
}

/* Of the same node, by the same name, with nothing in between: twice the same? */
static bool is_twice(const struct node_walk *w, const struct pin_touch *one,
		     const struct pin_touch *other)
{
	const struct pin_place from = { one->block, one->event }, to = { other->block, other->event };
	struct pin_places changes = { .n = 0 };
	kir_id node = first_arg(w->run, one->event);

	if (one == other || is_flagged(w, other) || one->part != other->part || one->action != other->action ||
	    node != first_arg(w->run, other->event))
		return false;
	find_changes(w, node, one->part, &changes);
	leave_out(&changes, other->event);
	leave_out(&changes, one->event);
	return !changes.more && pin_reaches(w->order, from, to, &changes, KIR_NONE) &&
	       (one->action != TOUCH_LINK || is_always_first(w, from, to));
}

/* Does the same event take the node out of its list first? */
static bool is_move(const struct node_walk *w, const struct pin_touch *t)
{
	for (uint32_t i = 0; i < w->f->ntouches; i++)
		if (w->f->touches[i].event == t->event && w->f->touches[i].action == TOUCH_UNLINK)
			return true;
	return false;
}

/* Deletion that leaves the node as if it had been initialised may be done again. */
static bool is_for_good(const struct check_run *run, const struct pin_touch *t)
{
	const struct kir_event *ev = &run->m->events[t->event];
	const struct rule_touch *rt =
		rules_touch(run->r, kir_string(run->m, run->m->values[ev->callee].a));

	for (; rt && t->action == TOUCH_UNLINK; rt = rules_next_touch(run->r, rt))
		if (rt->action == TOUCH_INIT || rt->action == TOUCH_LINK)
			return false;
	return true;
}

static void nodes(const struct node_walk *w)
{
	for (uint32_t i = 0; i < w->f->ntouches; i++) {
		const struct pin_touch *one = &w->f->touches[i];

		if ((one->action != TOUCH_LINK && one->action != TOUCH_UNLINK) ||
		    one->part == KIR_NONE || !is_for_good(w->run, one))
			continue;
		for (uint32_t k = 0; k < w->f->ntouches; k++) {
			if (!is_twice(w, one, &w->f->touches[k]) ||
			    (one->action == TOUCH_LINK && is_move(w, &w->f->touches[k])))
				continue;
			tell(w, one, &w->f->touches[k]);
			break;
		}
	}
}

/* Does the event step from the entry in @variable to the next one: set the variable by what
 * is read through it? */
static bool steps_on(const struct check_run *run, const struct kir_event *ev, uint32_t variable)
{
	const struct kir_module *m = run->m;
	const struct kir_value *dst = ev->kind == KIR_E_STORE ? &m->values[ev->dst] : NULL;

	return dst && dst->kind == KIR_V_LOCAL && variable == (dst->a << 1 | 1) &&
	       m->locs[ev->loc].macro && m->values[ev->value].kind == KIR_V_CONTAINER &&
	       depends_on(m, ev->value, ev->dst);
}

/* The entry is freed, and the walk goes on from it. */
static void freed(const struct node_walk *w, const struct pin_touch *t)
{
	const struct kir_module *m = w->run->m;
	struct pin_places changes = { .n = 0 };
	struct pin_place step = { KIR_NONE, KIR_NONE };
	struct draft d;

	for (uint32_t b = 0; b < w->kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[w->kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			const struct kir_event *ev = &m->events[i];

			if (steps_on(w->run, ev, t->object))
				step = (struct pin_place){ b, i };
			else if (ev->kind == KIR_E_STORE && m->values[ev->dst].kind == KIR_V_LOCAL &&
				 t->object == (m->values[ev->dst].a << 1 | 1))
				pin_add_place(&changes, b, i);
		}
	}
	if (step.block == KIR_NONE || changes.more ||
	    !pin_reaches(w->order, (struct pin_place){ t->block, t->event }, step, &changes, KIR_NONE))
		return;
	pinned_begin(&d, w->run, "list-exclusive", w->f, t->event);
	d.f.message = arena_printf(w->run->a, "the entry is freed, and %s() goes on from it",
				   kir_string(m, m->locs[m->events[step.event].loc].macro));
	d.f.key = "freed on the way";
	d.f.fix = "walk with the _safe form";
	pinned_step(&d, STEP_CONTEXT, w->f->def, t->event, "is freed here");
	pinned_step(&d, STEP_BREAK, w->f->def, step.event, "the next entry is read from it");
	draft_end(&d);
}

/* Is a local variable's object gone after it?  Not what waits for readers first. */
static bool is_freed_entry(const struct check_run *run, const struct pin_touch *t)
{
	return t->action == TOUCH_FREE && t->object != KIR_NONE && (t->object & 1) &&
	       !rules_pinned(run->r, t->kind)->late;
}

void list_nodes(struct check_run *run, struct pin *pin, const struct pin_func *f,
		struct pin_order **order)
{
	struct node_walk w = { run, pin, f, run->e->funcs[f->def->func].f, NULL };
	bool any = false;

	for (uint32_t i = 0; i < f->ntouches; i++) {
		enum touch_action action = f->touches[i].action;

		any |= action == TOUCH_LINK || action == TOUCH_UNLINK ||
		       (action == TOUCH_FREE && f->touches[i].object != KIR_NONE);
	}
	if (!any)
		return;
	if (!*order)
		*order = pin_order_new(run->m, w.kf);
	w.order = *order;
	nodes(&w);
	for (uint32_t i = 0; i < f->ntouches; i++)
		if (is_freed_entry(run, &f->touches[i]))
			freed(&w, &f->touches[i]);
}
