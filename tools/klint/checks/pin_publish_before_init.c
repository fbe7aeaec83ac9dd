/* SPDX-License-Identifier: MIT */
/*
 * pin-publish-before-init: a callback is registered, or an object put where others find
 * it, and only then a part is initialised that whoever is called uses.
 */
#include "check.h"

/* Is the part initialised at an event that may come before @call? */
static bool is_earlier(struct pin *pin, const struct pin_func *f, const struct pin_order *o,
		       uint32_t part, uint32_t block, uint32_t event)
{
	for (uint32_t i = 0; i < f->ntouches; i++) {
		const struct pin_touch *t = &f->touches[i];

		if (t->part == part && t->action == TOUCH_INIT &&
		    pin_after(o, t->block, t->event, block, event))
			return true;
	}
	for (uint32_t i = 0; i < f->ncalls; i++) {
		const struct pin_call *c = &f->calls[i];

		if (!c->later && pin_after(o, c->block, c->event, block, event) &&
		    pin_does(pin, c->def, PIN_INITIALISED, part))
			return true;
	}
	return false;
}

static void tell(struct check_run *run, struct pin *pin, const struct pin_func *f,
		 const struct pin_call *reg, uint32_t part, uint32_t at, const struct def *in)
{
	const char *name = pin_name(pin, part), *callback = func_name(run, reg->def->id);
	struct draft d;

	pinned_begin(&d, run, "pin-publish-before-init", f, at);
	d.f.message = arena_printf(run->a, "'%s' is initialised after %s() has registered %s(), which uses it",
				   name, event_callee(run, reg->event), callback);
	d.f.key = arena_printf(run->a, "%s after %s", name, callback);
	d.f.fix = "initialise it before the registration";
	pinned_step(&d, STEP_CONTEXT, f->def, reg->event,
		    arena_printf(run->a, "from here on %s() may be called", callback));
	pinned_trace(&d, pin, reg->def, PIN_USED, part, "uses");
	pinned_step(&d, STEP_BREAK, f->def, at,
		    in ? arena_printf(run->a, "%s() initialises it", func_name(run, in->id)) :
			 "is initialised only here");
	draft_end(&d);
}

static bool was_told(const uint32_t *told, uint32_t n, uint32_t part)
{
	for (uint32_t i = 0; i < n; i++)
		if (told[i] == part)
			return true;
	return false;
}

#define MOST 8	/* of one function */

struct publication {
	struct check_run *run;
	struct pin *pin;
	const struct pin_func *f;
	struct pin_order *order;
	uint32_t told[MOST], ntold;
};

static void judge(struct publication *p, const struct pin_call *reg, uint32_t part,
		  uint32_t block, uint32_t event, const struct def *in)
{
	if (p->ntold == MOST || was_told(p->told, p->ntold, part) ||
	    !pin_after(p->order, reg->block, reg->event, block, event) ||
	    !pin_does(p->pin, reg->def, PIN_USED, part) ||
	    pin_does(p->pin, reg->def, PIN_INITIALISED, part) ||
	    is_earlier(p->pin, p->f, p->order, part, reg->block, reg->event) ||
	    p->pin->stats[part].inits > 1)	/* another one may have been first */
		return;
	p->told[p->ntold++] = part;
	tell(p->run, p->pin, p->f, reg, part, event, in);
}

static void against(struct publication *p, const struct pin_call *reg)
{
	for (uint32_t i = 0; i < p->f->ntouches; i++) {
		const struct pin_touch *t = &p->f->touches[i];

		if (t->action == TOUCH_INIT && t->part != KIR_NONE)
			judge(p, reg, t->part, t->block, t->event, NULL);
	}
	for (uint32_t i = 0; i < p->f->ncalls; i++) {
		const struct pin_call *c = &p->f->calls[i];
		const uint32_t *parts;
		uint32_t n;

		if (c->later || c->event == reg->event)
			continue;
		parts = pin_parts(p->pin, c->def, PIN_INITIALISED, &n);
		for (uint32_t k = 0; k < n; k++)
			judge(p, reg, parts[k], c->block, c->event, c->def);
	}
}

/* INIT_WORK() and its like only say what will run once somebody asks for it. */
static bool only_binds(const struct pin_func *f, uint32_t event)
{
	for (uint32_t i = 0; i < f->ntouches; i++)
		if (f->touches[i].event == event && f->touches[i].action == TOUCH_INIT)
			return true;
	return false;
}

static void pinned(struct check_run *run, struct pin *pin, const struct pin_func *f)
{
	struct publication p = { .run = run, .pin = pin, .f = f };

	for (uint32_t i = 0; i < f->ncalls; i++) {
		if (!f->calls[i].later || only_binds(f, f->calls[i].event))
			continue;
		if (!p.order)
			p.order = pin_order_new(run->m, run->e->funcs[f->def->func].f);
		against(&p, &f->calls[i]);
	}
	pin_order_free(p.order);
}

const struct check check_pin_publish_before_init = {
	.info = { .id = "pin-publish-before-init", .severity = SEV_WARNING,
		  .summary = "a callback is registered before something is initialised that it uses" },
	.pinned = pinned,
};
