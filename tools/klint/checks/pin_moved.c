/* SPDX-License-Identifier: MIT */
/*
 * pin-moved: the bytes of an object go to another place, and with them a part that others
 * point to, or that points to itself.  What the copy initialises again is its own.
 */
#include "check.h"
#include "engine/names.h"

#define DEEP 3	/* records in records */

struct copy {
	struct check_run *run;
	struct pin *pin;
	const struct pin_func *f;
	uint32_t block, event;
	const char *how;
	bool told;
};

/* Does the function give the part a new life behind the copy, or take it out of its old one
 * before? */
static bool is_renewed(const struct copy *c, const struct pin_order *o, uint32_t part)
{
	for (uint32_t i = 0; i < c->f->ntouches; i++) {
		const struct pin_touch *t = &c->f->touches[i];
		bool behind = t->action == TOUCH_INIT || t->action == TOUCH_STACK;

		if (t->part == part && (t->action == TOUCH_LINK || t->action == TOUCH_UNLINK ||
					(behind && pin_after(o, c->block, c->event, t->block, t->event))))
			return true;
	}
	for (uint32_t i = 0; i < c->f->ncalls; i++) {
		const struct pin_call *call = &c->f->calls[i];

		if (!call->later && ((pin_does(c->pin, call->def, PIN_INITIALISED, part) &&
				      pin_after(o, c->block, c->event, call->block, call->event)) ||
				     pin_does(c->pin, call->def, PIN_LINKED, part) ||
				     pin_does(c->pin, call->def, PIN_UNLINKED, part)))
			return true;
	}
	return false;
}

static bool belongs_there(const struct copy *c, uint32_t part)
{
	struct pin_order *o = pin_order_new(c->run->m, c->run->e->funcs[c->f->def->func].f);
	bool renewed = is_renewed(c, o, part);

	pin_order_free(o);
	return !renewed;
}

/* Is it of a kind whose bytes mean something to others, and does anybody set it up? */
static bool is_pinned(const struct copy *c, uint32_t part)
{
	const struct rule_pinned *kind = rules_pinned(c->run->r, c->pin->parts[part].kind);

	return kind && kind->nrecords && !kind->bytes && c->pin->stats[part].inits;
}

static void tell(struct copy *c, uint32_t part)
{
	const struct pin_stats *s = &c->pin->stats[part];
	const char *name = pin_name(c->pin, part);
	struct draft d;

	pinned_begin(&d, c->run, "pin-moved", c->f, c->event);
	d.f.message = arena_printf(c->run->a, "%s copies '%s' as it is: it belongs where it was initialised",
				   c->how, name);
	d.f.key = arena_printf(c->run->a, "%s moved", name);
	d.f.fix = "initialise that part of the copy, or copy the other members only";
	if (s->initialised_in)
		pinned_step(&d, STEP_CONTEXT, s->initialised_in->def, s->initialised_by->event,
			    "initialised here");
	pinned_step(&d, STEP_BREAK, c->f->def, c->event, "and copied here");
	draft_end(&d);
	c->told = true;
}

/* The parts of the record, and of the records in it. */
static void look_into(struct copy *c, kir_id record, unsigned int depth)
{
	const struct engine *e = c->run->e;
	const struct kir_record *r = &c->run->m->records[record];

	for (uint32_t i = 0; i < r->field_count && !c->told; i++) {
		const struct kir_field *field = &c->run->m->fields[r->field_first + i];
		uint32_t part, name;

		if (field->type.kind != KIR_T_RECORD || field->type.record == KIR_NONE)
			continue;
		if (!rules_pinned_record(c->run->r, kir_string(c->run->m, c->run->m->records[field->type.record].name))) {
			if (depth < DEEP)
				look_into(c, field->type.record, depth + 1);
			continue;
		}
		name = names_find(c->pin->p->names, kir_string(c->run->m, field->name));
		part = name == UINT32_MAX ? KIR_NONE : pin_part(c->pin, e->records[record], name);
		if (part != KIR_NONE && is_pinned(c, part) && belongs_there(c, part))
			tell(c, part);
	}
}

/* Is it an object that was there before: behind a pointer, or a variable of the program? */
static bool is_old(const struct kir_module *m, kir_id place)
{
	const struct kir_value *v = &m->values[place];

	while (v->kind == KIR_V_FIELD || v->kind == KIR_V_INDEX)
		v = &m->values[v->a];
	return v->kind == KIR_V_DEREF || v->kind == KIR_V_GLOBAL;
}

static void assigned(struct check_run *run, struct pin *pin, const struct pin_func *f,
		     uint32_t block, uint32_t event)
{
	const struct kir_event *ev = &run->m->events[event];
	struct copy c = { .run = run, .pin = pin, .f = f, .block = block,
			  .event = event, .how = "the assignment" };

	if (ev->record != KIR_NONE && is_old(run->m, ev->value) && is_old(run->m, ev->dst))
		look_into(&c, ev->record, 0);
}

static void copied(struct check_run *run, struct pin *pin, const struct pin_func *f,
		   const struct pin_touch *t)
{
	struct copy c = { .run = run, .pin = pin, .f = f, .block = t->block,
			  .event = t->event };

	c.how = arena_printf(run->a, "%s()", event_callee(run, t->event));
	look_into(&c, t->object, 0);
}

static void pinned(struct check_run *run, struct pin *pin, const struct pin_func *f)
{
	const struct kir_func *kf = run->e->funcs[f->def->func].f;

	for (uint32_t b = 0; b < kf->block_count; b++) {
		const struct kir_block *blk = &run->m->blocks[kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++)
			if (run->m->events[i].kind == KIR_E_COPY)
				assigned(run, pin, f, b, i);
	}
	for (uint32_t i = 0; i < f->ntouches; i++)
		if (f->touches[i].action == TOUCH_COPY)
			copied(run, pin, f, &f->touches[i]);
}

const struct check check_pin_moved = {
	/* Most copies are made to be filled anew by somebody whom the function does not name. */
	.info = { .id = "pin-moved", .severity = SEV_WARNING, .opt_in = true,
		  .summary = "an object is copied with a part that belongs where it is" },
	.pinned = pinned,
};
