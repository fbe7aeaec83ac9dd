/* SPDX-License-Identifier: MIT */
/*
 * list-exclusive, of heads (of nodes: list_node.c): a list whose entries were spliced into
 * another one is used again, while its head still points to them.
 */
#include "list_node.h"

static const struct rule_touch *touch_of(const struct check_run *run, const struct kir_event *ev,
					 enum touch_action action)
{
	const struct rule_touch *t;

	if ((ev->kind != KIR_E_CALL && ev->kind != KIR_E_MACRO) ||
	    run->m->values[ev->callee].kind != KIR_V_FUNC)
		return NULL;
	t = rules_touch(run->r, kir_string(run->m, run->m->values[ev->callee].a));
	while (t && t->action != action)
		t = rules_next_touch(run->r, t);
	return t && t->arg && t->arg <= ev->arg_count ? t : NULL;
}

static kir_id arg_of(const struct check_run *run, const struct kir_event *ev,
		     const struct rule_touch *t)
{
	return run->m->args[ev->arg_first + t->arg - 1];
}

/* Does the event give the head another value: initialise it, or store to it? */
static bool renews(const struct check_run *run, const struct kir_event *ev, kir_id head)
{
	const struct kir_module *m = run->m;
	const struct rule_touch *t = touch_of(run, ev, TOUCH_INIT);
	kir_id place;

	if (t)
		return arg_of(run, ev, t) == head;
	if (ev->kind != KIR_E_STORE && ev->kind != KIR_E_COPY && ev->kind != KIR_E_BEGIN)
		return false;
	place = ev->dst;
	if (m->values[place].kind == KIR_V_FIELD)
		place = m->values[place].a;
	return place == m->values[head].a || ev->dst == m->values[head].a;
}

static bool mentions(const struct check_run *run, const struct kir_event *ev, kir_id head)
{
	if (ev->kind != KIR_E_CALL && ev->kind != KIR_E_MACRO)
		return false;
	for (uint32_t i = 0; i < ev->arg_count; i++)
		if (run->m->args[ev->arg_first + i] == head)
			return true;
	return false;
}

struct walk {
	struct check_run *run;
	const struct pin_func *f;
	const struct kir_func *kf;
	struct pin_order *order;
};

static void find_renewals(const struct walk *w, kir_id head, struct pin_places *h)
{
	const struct kir_module *m = w->run->m;

	for (uint32_t b = 0; b < w->kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[w->kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			if (renews(w->run, &m->events[i], head))
				pin_add_place(h, b, i);
		}
	}
}

static void spliced(struct walk *w, uint32_t block, uint32_t event, kir_id head)
{
	const struct kir_module *m = w->run->m;
	const struct pin_place from = { block, event };
	struct pin_places h = { .n = 0 };
	struct draft d;

	find_renewals(w, head, &h);
	if (h.more)
		return;
	for (uint32_t b = 0; b < w->kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[w->kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			const struct pin_place to = { b, i };

			/* In a loop's next turn it may be another object's. */
			if (i < event || !mentions(w->run, &m->events[i], head) ||
			    renews(w->run, &m->events[i], head) ||
			    !pin_reaches(w->order, from, to, &h, KIR_NONE))
				continue;
			pinned_begin(&d, w->run, "list-exclusive", w->f, event);
			d.f.message = arena_printf(w->run->a, "%s() leaves the list head pointing at what is in another list now, and it is used again",
						   event_callee(w->run, event));
			d.f.key = arena_printf(w->run->a, "%s", event_callee(w->run, event));
			d.f.fix = "splice with the form that initialises the list again";
			pinned_step(&d, STEP_CONTEXT, w->f->def, event, "the entries go to another list");
			pinned_step(&d, STEP_BREAK, w->f->def, i, "the list is used here");
			draft_end(&d);
			return;
		}
	}
}

static void pinned(struct check_run *run, struct pin *pin, const struct pin_func *f)
{
	struct walk w = { .run = run, .f = f, .kf = run->e->funcs[f->def->func].f };

	list_nodes(run, pin, f, &w.order);
	for (uint32_t i = 0; i < f->ntouches; i++) {
		const struct pin_touch *t = &f->touches[i];
		const struct kir_event *ev = &run->m->events[t->event];
		kir_id head;

		if (t->action != TOUCH_SPLICE)
			continue;
		head = arg_of(run, ev, touch_of(run, ev, TOUCH_SPLICE));
		if (run->m->values[head].kind != KIR_V_ADDR)
			continue;
		if (!w.order)
			w.order = pin_order_new(run->m, w.kf);
		spliced(&w, t->block, t->event, head);
	}
	pin_order_free(w.order);
}

const struct check check_list_exclusive = {
	.info = { .id = "list-exclusive", .severity = SEV_WARNING,
		  .summary = "a node in two lists, deleted twice, or freed on a walk; a head of what is elsewhere" },
	.pinned = pinned,
};
