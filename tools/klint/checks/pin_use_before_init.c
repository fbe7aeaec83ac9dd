/* SPDX-License-Identifier: MIT */
/*
 * pin-use-before-init, and refcount-init of reference counts: a function allocates an object
 * and, on a way on which it has not initialised a part of it yet, does what needs that: mostly
 * the cleanup of an error path.
 */
#include "pin_life.h"

static void find_inits(struct pin *pin, const struct pin_func *f, uint32_t part, struct pin_places *p)
{
	for (uint32_t i = 0; i < f->ntouches; i++)
		if (f->touches[i].part == part && f->touches[i].action == TOUCH_INIT)
			pin_add_place(p, f->touches[i].block, f->touches[i].event);
	for (uint32_t i = 0; i < f->ncalls; i++)
		if (!f->calls[i].later && pin_does(pin, f->calls[i].def, PIN_INITIALISED, part))
			pin_add_place(p, f->calls[i].block, f->calls[i].event);
}

/* Where the variable that the new object is in gets another one. */
static void find_changes(const struct check_run *run, const struct pin_func *f,
			 const struct pin_touch *alloc, struct pin_places *p)
{
	const struct kir_module *m = run->m;
	const struct kir_func *kf = run->e->funcs[f->def->func].f;
	const struct kir_value *fresh;
	kir_id made = m->events[alloc->event].dst;

	for (uint32_t b = 0; (alloc->object & 1) && b < kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			fresh = &m->values[m->events[i].dst == KIR_NONE ? 0 : m->events[i].dst];
			if (m->events[i].kind == KIR_E_STORE && m->events[i].value != made &&
			    fresh->kind == KIR_V_LOCAL && fresh->a == alloc->object >> 1)
				pin_add_place(p, b, i);
		}
	}
}

/* The allocation of an object that has the part, before the event. */
static const struct pin_touch *allocation(struct pin *pin, const struct pin_func *f,
					  const struct pin_order *o, uint32_t part, uint32_t block,
					  uint32_t event)
{
	for (uint32_t i = 0; i < f->ntouches; i++) {
		const struct pin_touch *t = &f->touches[i];

		if (pin_is_new(f, t) &&
		    t->record == pin->parts[part].record && t->record != KIR_NONE &&
		    pin_after(o, t->block, t->event, block, event))
			return t;
	}
	return NULL;
}

/* Is the object handed to the call? */
static bool gets(const struct kir_module *m, uint32_t event, uint32_t object)
{
	const struct kir_event *ev = &m->events[event];

	for (uint32_t i = 0; i < ev->arg_count; i++)
		if (pin_variable(m, m->args[ev->arg_first + i]) == object)
			return true;
	return false;
}

/* Is one of the first @n places in a loop, whose rounds nobody counts, or before the use under
 * the condition under which that is, too? */
static bool goes_along(const struct pin_order *o, const struct pin_places *p, uint32_t n,
		       uint32_t block, uint32_t event)
{
	for (uint32_t i = 0; i < n; i++)
		if (pin_after(o, p->v[i].block, p->v[i].event, p->v[i].block, p->v[i].event) ||
		    (pin_same_guard(o, p->v[i].block, block) &&
		     pin_after(o, p->v[i].block, p->v[i].event, block, event)))
			return true;
	return false;
}

static void tell(struct check_run *run, struct pin *pin, const struct pin_func *f, uint32_t part,
		 const char *lint,
		 const struct pin_touch *alloc, uint32_t event, const struct def *in,
		 uint32_t init)
{
	const char *name = pin_name(pin, part);
	struct draft d;

	pinned_begin(&d, run, lint, f, event);
	d.f.message = arena_printf(run->a, "%s() uses '%s', which is not initialised on every way here",
				   in ? func_name(run, in->id) : event_callee(run, event), name);
	d.f.key = arena_printf(run->a, "%s early", name);
	d.f.fix = alloc ? "initialise it right after the allocation" : "initialise it first";
	if (alloc)
		pinned_step(&d, STEP_CONTEXT, f->def, alloc->event, "the object is allocated");
	if (in)
		pinned_trace(&d, pin, in, PIN_USED, part, "uses");
	pinned_step(&d, STEP_BREAK, f->def, init,
		    "it is initialised here, which the way to the use need not pass");
	draft_end(&d);
}

/* A variable that nothing but this function initialises. */
static void judge_variable(struct check_run *run, struct pin *pin, const struct pin_func *f,
			   const struct pin_order *o, uint32_t part, uint32_t block,
			   uint32_t event, const struct def *in, const char *lint)
{
	const struct pin_stats *s = &pin->stats[part];
	struct pin_places inits = { .n = 0 };

	if (pin->parts[part].made || s->inits != 1 || s->handed_on || s->initialised_in != f ||
	    !rules_pinned(run->r, pin->parts[part].kind)->nrecords ||
	    (in && !pin_surely_uses(pin, in, part)))
		return;
	find_inits(pin, f, part, &inits);
	if (!inits.n || inits.more || goes_along(o, &inits, inits.n, block, event) ||
	    !pin_leads(o, (struct pin_place){ block, event }, &inits))
		return;
	tell(run, pin, f, part, lint, NULL, event, in, inits.v[0].event);
}

static void judge(struct check_run *run, struct pin *pin, const struct pin_func *f,
		  const struct pin_order *o, uint32_t part, uint32_t block, uint32_t event,
		  const struct def *in, uint32_t object, const char *lint)
{
	struct pin_places inits = { .n = 0 };
	const struct pin_touch *alloc;
	uint32_t known;

	if (in && pin_does(pin, in, PIN_INITIALISED, part))
		return;
	if (pin->parts[part].record == KIR_NONE) {
		judge_variable(run, pin, f, o, part, block, event, in, lint);
		return;
	}
	alloc = allocation(pin, f, o, part, block, event);
	if (!alloc || alloc->object == KIR_NONE ||
	    (in ? !gets(run->m, event, alloc->object) : object != alloc->object) ||
	    (in && !pin_surely_uses(pin, in, part)))
		return;
	find_inits(pin, f, part, &inits);
	known = inits.n;
	find_changes(run, f, alloc, &inits);
	if (!known || inits.more || goes_along(o, &inits, known, block, event) ||
	    !pin_reaches(o, (struct pin_place){ alloc->block, alloc->event },
			 (struct pin_place){ block, event }, &inits, alloc->object))
		return;
	tell(run, pin, f, part, lint, alloc, event, in, inits.v[0].event);
}

static bool inits_variable(const struct pin *pin, const struct pin_touch *t)
{
	return t->action == TOUCH_INIT && t->part != KIR_NONE &&
	       pin->parts[t->part].record == KIR_NONE;
}

void pin_uses(struct check_run *run, struct pin *pin, const struct pin_func *f, const char *lint,
	      bool counts)
{
	struct pin_order *o = NULL;
	bool allocates = false;

	for (uint32_t i = 0; i < f->ntouches; i++)
		allocates |= pin_is_new(f, &f->touches[i]) || inits_variable(pin, &f->touches[i]);
	if (!allocates)
		return;
	o = pin_order_new(run->m, run->e->funcs[f->def->func].f);
	for (uint32_t i = 0; i < f->ntouches; i++) {
		const struct pin_touch *t = &f->touches[i];

		if (t->part != KIR_NONE && pin_in_set(PIN_USED, t->action) &&
		    pin_counts(pin, t->part) == counts)
			judge(run, pin, f, o, t->part, t->block, t->event, NULL, t->object, lint);
	}
	for (uint32_t i = 0; i < f->ncalls; i++) {
		const struct pin_call *c = &f->calls[i];
		const uint32_t *parts;
		uint32_t n;

		if (c->later)
			continue;
		parts = pin_parts(pin, c->def, PIN_USED, &n);
		for (uint32_t k = 0; k < n; k++)
			if (pin_counts(pin, parts[k]) == counts)
				judge(run, pin, f, o, parts[k], c->block, c->event, c->def,
				      KIR_NONE, lint);
	}
	pin_order_free(o);
}

/* Is the program one module?  Of a kernel some files of a directory may not have been built. */
static bool is_module(const struct pin *pin)
{
	for (uint32_t i = 0; i < pin->p->nunits; i++)
		if (pin->directories[i] != pin->directories[0])
			return false;
	return pin->p->nunits > 1;
}

/* Such objects are made, and everybody who could initialise the part is known. */
static bool is_never_initialised(const struct pin *pin, uint32_t part)
{
	const struct rule_pinned *kind = rules_pinned(pin->p->rules, pin->parts[part].kind);
	const struct pin_stats *s = &pin->stats[part];
	const struct pin_part *p = &pin->parts[part];

	return kind && kind->nrecords && !kind->counts && !s->inits && !s->sets && !s->links && !s->handed_on &&
	       p->record != KIR_NONE && pin->records[p->record].made_by &&
	       (!p->shared || (p->ours && is_module(pin)));
}

/* Told once, where the first of such objects is made. */
static void never(struct check_run *run, struct pin *pin, const struct pin_func *f,
		  const struct pin_touch *made)
{
	uint32_t part = made->record == KIR_NONE ? KIR_NONE : pin->records[made->record].first;

	if (part == KIR_NONE || pin->records[made->record].made_by != made)
		return;
	for (; part != KIR_NONE; part = pin->parts[part].next) {
		const struct pin_stats *s = &pin->stats[part];
		struct draft d;

		if (!s->used_by || !is_never_initialised(pin, part))
			continue;
		pinned_begin(&d, run, "pin-use-before-init", f, made->event);
		d.f.message = arena_printf(run->a, "nothing ever initialises '%s' of the new object",
					   pin_name(pin, part));
		d.f.key = arena_printf(run->a, "%s never", pin_name(pin, part));
		d.f.fix = "initialise it right after the allocation";
		pinned_step(&d, STEP_BREAK, s->used_in->def, s->used_by->event, "is used here");
		draft_end(&d);
	}
}

static void pinned(struct check_run *run, struct pin *pin, const struct pin_func *f)
{
	for (uint32_t i = 0; i < f->ntouches; i++)
		if (f->touches[i].action == TOUCH_ALLOC)
			never(run, pin, f, &f->touches[i]);
	pin_uses(run, pin, f, "pin-use-before-init", false);
}

const struct check check_pin_use_before_init = {
	.info = { .id = "pin-use-before-init", .severity = SEV_WARNING,
		  .summary = "a part of a new object is used on a way on which it is not initialised" },
	.pinned = pinned,
};
