/* SPDX-License-Identifier: MIT */
/*
 * pin-publish-before-init, and refcount-init of reference counts: a callback is registered,
 * or an object put where others find it, and only then a part is initialised that whoever is
 * called uses.
 */
#include "publication.h"

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

static void tell(struct check_run *run, struct pin *pin, const char *lint, const struct pin_func *f,
		 const struct pin_call *reg, uint32_t part, uint32_t at, const struct def *in)
{
	const char *name = pin_name(pin, part), *callback = func_name(run, reg->def->id);
	struct draft d;

	pinned_begin(&d, run, lint, f, at);
	d.f.message = arena_printf(run->a, "'%s' is initialised after %s() has registered %s(), which uses it",
				   name, event_callee(run, reg->event), callback);
	d.f.key = arena_printf(run->a, "%s after %s", name, callback);
	d.f.fix = "initialise it before the registration";
	publication_registered(&d, pin, f, reg->event, reg->def);
	pinned_trace(&d, pin, reg->def, PIN_USED, part, "uses");
	pinned_step(&d, STEP_BREAK, f->def, at,
		    in ? arena_printf(run->a, "%s() initialises it", func_name(run, in->id)) :
			 "is initialised only here");
	draft_end(&d);
}

/* A pointer may be asked about before it is used. */
static bool is_pointed_to(const struct pin *pin, uint32_t part)
{
	return !rules_pinned(pin->p->rules, pin->parts[part].kind)->nrecords;
}

static void judge(struct publication *p, const struct pin_call *reg, uint32_t part,
		  uint32_t block, uint32_t event, const struct def *in)
{
	if (pin_counts(p->pin, part) != p->counts ||
	    !pin_after(p->order, reg->block, reg->event, block, event) ||
	    (p->registering && pin_does(p->pin, p->registering, PIN_INITIALISED, part)) ||
	    !pin_does(p->pin, reg->def, PIN_USED, part) ||
	    pin_does(p->pin, reg->def, PIN_INITIALISED, part) ||
	    is_earlier(p->pin, p->f, p->order, part, reg->block, reg->event) ||
	    (p->pin->stats[part].inits > 1 &&	/* another one may have been first */
	     !rules_pinned(p->run->r, p->pin->parts[part].kind)->at.record) ||
	    (in && pin_makes(p->pin, in, PIN_INITIALISED, part)) ||	/* and publishes it then */
	    (is_pointed_to(p->pin, part) && !pin_surely_uses(p->pin, reg->def, part)) ||
	    (publication_says_when_whole(p, (struct pin_place){ block, event }, reg->def) &&
	     !pin_surely_uses(p->pin, reg->def, part)) ||
	    publication_is_held_around(p, reg->block, reg->event) ||
	    !publication_uses_freely(p, reg, part) || !publication_is_new(p, reg->event, part))
		return;
	tell(p->run, p->pin, p->lint, p->f, reg, part, event, in);
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

/* Another publication of the object behind the place: that is the one that counts, as a
 * reference count that is set with release semantics is for who finds the object. */
static bool is_published_behind(const struct publication *p, const struct pin_touch *at)
{
	for (uint32_t i = 0; i < p->f->ntouches; i++) {
		const struct pin_touch *t = &p->f->touches[i];

		if (t->action == TOUCH_PUBLISH && t->object == at->object &&
		    pin_after(p->order, at->block, at->event, t->block, t->event))
			return true;
	}
	return false;
}

/* Is a lock held from the publication to the place, as far as the function says it itself? */
static bool is_locked(const struct publication *p, const struct pin_touch *out,
		      const struct pin_touch *at)
{
	const struct pin_place from = { out->block, out->event }, to = { at->block, at->event };
	const struct kir_module *m = p->run->m;
	struct pin_places ends = { .n = 0 };
	bool taken = false;

	for (uint32_t b = 0; b < p->kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[p->kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			const struct kir_event *ev = &m->events[i];
			const struct rule *rule;

			if ((ev->kind != KIR_E_CALL && ev->kind != KIR_E_MACRO) ||
			    m->values[ev->callee].kind != KIR_V_FUNC)
				continue;
			rule = rules_find(p->run->r, kir_string(m, m->values[ev->callee].a));
			for (uint32_t k = 0; rule && k < rule->neffects; k++) {
				taken |= rule->effects[k].kind == EFFECT_ACQUIRE &&
					 pin_after(p->order, b, i, out->block, out->event);
				if (rule->effects[k].kind == EFFECT_RELEASE)
					pin_add_place(&ends, b, i);
			}
		}
	}
	return taken && pin_reaches(p->order, from, to, &ends, KIR_NONE);
}

/* The object itself is put where others find it, and a part of it is initialised later. */
static void found_early(struct publication *p, const struct pin_touch *out)
{
	if (out->object == KIR_NONE || out->record == KIR_NONE)
		return;
	for (uint32_t i = 0; i < p->f->ntouches; i++) {
		const struct pin_touch *t = &p->f->touches[i];
		struct draft d;

		if (t->action != TOUCH_INIT || t->part == KIR_NONE || t->object != out->object ||
		    p->pin->parts[t->part].record != out->record ||
		    pin_counts(p->pin, t->part) != p->counts ||
		    p->pin->stats[t->part].inits > 1 ||
		    !pin_after(p->order, out->block, out->event, t->block, t->event) ||
		    is_earlier(p->pin, p->f, p->order, t->part, out->block, out->event) ||
		    is_published_behind(p, t) || is_locked(p, out, t) || !publication_is_new(p, out->event, t->part))
			continue;
		pinned_begin(&d, p->run, p->lint, p->f, t->event);
		d.f.message = arena_printf(p->run->a, "'%s' is initialised after %s(), by which others find the object",
					   pin_name(p->pin, t->part), event_callee(p->run, out->event));
		d.f.key = arena_printf(p->run->a, "%s after %s", pin_name(p->pin, t->part),
				       event_callee(p->run, out->event));
		d.f.fix = "publish the object last";
		pinned_step(&d, STEP_CONTEXT, p->f->def, out->event, "others find it from here on");
		pinned_step(&d, STEP_BREAK, p->f->def, t->event, "is initialised only here");
		draft_end(&d);
		return;
	}
}

/* May somebody call it as soon as it is registered?  Not what only ends objects. */
static bool is_called_soon(const struct pin *pin, const struct def *callback)
{
	uint8_t by = pin->funcs[callback->id].reached;

	return !by || (by & ~(PIN_BY_UNBIND | PIN_BY_PAUSE | PIN_BY_BIND));
}

#define CLOSE 2		/* calls down */

/* Is the callback registered by a helper of the function: not far down, for other objects? */
static bool is_close(struct pin *pin, const struct def *d, const struct def *callback)
{
	unsigned int depth;

	return pin_find_registration(pin, d, callback, &d, &depth) && depth <= CLOSE;
}

/* What the call registers, in what it calls. */
static void against_registered(struct publication *p, const struct pin_call *call)
{
	const uint32_t *defs;
	uint32_t n;

	if (call->later)
		return;
	defs = pin_registered(p->pin, call->def, &n);
	for (uint32_t i = 0; i < n; i++) {
		struct pin_call reg = { .block = call->block, .event = call->event,
					.def = &p->pin->p->defs[defs[i]], .later = true };

		if (!is_called_soon(p->pin, reg.def) || !is_close(p->pin, call->def, reg.def))
			continue;

		if (!p->order)
			p->order = pin_order_new(p->run->m, p->kf);
		p->registering = call->def;
		against(p, &reg);
		if (!p->counts)
			pointers_set_after(p, reg.event, reg.block, reg.def);
		p->registering = NULL;
	}
}

/* What the event queues or arms may run as soon as it is. */
static void against_armed(struct publication *p, const struct pin_touch *t)
{
	const struct pin_stats *s = t->part == KIR_NONE ? NULL : &p->pin->stats[t->part];
	struct pin_call reg = { .block = t->block, .event = t->event, .later = true };

	if (t->action != TOUCH_ARM || !s->callback || s->callbacks)
		return;
	reg.def = s->callback;
	if (!p->order)
		p->order = pin_order_new(p->run->m, p->kf);
	against(p, &reg);
}

void pin_publications(struct check_run *run, struct pin *pin, const struct pin_func *f,
		      const char *lint, bool counts)
{
	struct publication p = { .run = run, .pin = pin, .f = f, .lint = lint, .counts = counts,
				 .kf = run->e->funcs[f->def->func].f };

	for (uint32_t i = 0; i < f->ncalls; i++) {
		const struct pin_call *c = &f->calls[i];

		if (!c->later || c->undoes || pin_only_binds(f, c->event) || !is_called_soon(pin, c->def))
			continue;
		if (!p.order)
			p.order = pin_order_new(run->m, p.kf);
		against(&p, c);
		if (counts)
			continue;
		pointers_after(&p, c);
		pointers_set_after(&p, c->event, c->block, c->def);
	}
	for (uint32_t i = 0; i < f->ncalls; i++)
		against_registered(&p, &f->calls[i]);
	for (uint32_t i = 0; i < f->ntouches; i++)
		against_armed(&p, &f->touches[i]);
	for (uint32_t i = 0; i < f->ntouches; i++) {
		if (f->touches[i].action != TOUCH_PUBLISH)
			continue;
		if (!p.order)
			p.order = pin_order_new(run->m, p.kf);
		found_early(&p, &f->touches[i]);
		if (!counts && rules_pinned(run->r, f->touches[i].kind)->why)
			pointers_after_object(&p, &f->touches[i]);
	}
	pin_order_free(p.order);
}

static void pinned(struct check_run *run, struct pin *pin, const struct pin_func *f)
{
	pin_publications(run, pin, f, "pin-publish-before-init", false);
}

const struct check check_pin_publish_before_init = {
	.info = { .id = "pin-publish-before-init", .severity = SEV_WARNING,
		  .summary = "a callback is registered before something is initialised that it uses" },
	.pinned = pinned,
};
