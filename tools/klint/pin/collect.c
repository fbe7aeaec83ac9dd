/* SPDX-License-Identifier: MIT */
/* What each function does itself: touches, calls and registrations. */
#include "collector.h"

#include <stdlib.h>
#include <string.h>
#include "engine/names.h"
#include "engine/targets.h"
#include "sets.h"

/* Parts whose addresses are handed on, until all parts are numbered. */
static void hand_on(struct pin *pin, uint32_t part)
{
	vec_push(pin->handed_on, pin->nhanded_on, pin->handed_on_cap) = part;
}

static struct pin_touch *add_touch(struct collector *c, const struct rule_touch *rt, uint32_t part,
				   uint32_t record, uint32_t object)
{
	vec_push(c->f->touches, c->f->ntouches, c->f->touches_cap) = (struct pin_touch){
		.part = part, .kind = rt->kind, .action = rt->action,
		.block = c->block, .event = c->event, .record = record,
		.object = object };
	return &c->f->touches[c->f->ntouches - 1];
}

static void add_call(struct collector *c, const struct def *d, bool later, const char *until,
		     bool undoes)
{
	if (d && d->unit)
		vec_push(c->f->calls, c->f->ncalls, c->f->calls_cap) =
			(struct pin_call){ c->block, c->event, d, until, later, undoes };
}

static const struct def *named(const struct collector *c, kir_id id)
{
	const struct kir_value *v = &c->e->m->values[id];
	const struct func_info *fi = engine_named(c->e, v->kind == KIR_V_ADDR ? v->a : id);

	return fi ? fi->target : NULL;
}

/* All functions that the unit stores in members of the record @name. */
static void publish_targets(struct collector *c, uint32_t name)
{
	for (size_t i = 0; i < c->e->ntargets; i++)
		if (c->e->targets[i].record == name)
			add_call(c, c->e->funcs[c->e->targets[i].func].target, true, NULL, false);
}

/* Those that a table names, and the tables that it points to. */
static void publish_table(struct collector *c, kir_id global, unsigned int depth)
{
	const struct kir_module *m = c->e->m;
	uint32_t g = strmap_get(c->e->globals, kir_string(m, m->values[global].a));

	if (g == UINT32_MAX || depth > 3)
		return;
	for (uint32_t i = 0; i < m->globals[g].init_count; i++) {
		kir_id in = m->inits[m->globals[g].init_first + i].value;
		const struct kir_value *v = &m->values[in];

		if (v->kind == KIR_V_FUNC)
			add_call(c, named(c, in), true, NULL, false);
		else if (v->kind == KIR_V_ADDR && m->values[v->a].kind == KIR_V_GLOBAL)
			publish_table(c, v->a, depth + 1);
	}
}

/* Whoever reaches an object calls what it, and the tables that it points to, hold. */
static void publish(struct collector *c, kir_id arg)
{
	const struct kir_module *m = c->e->m;
	const struct kir_value *v = &m->values[arg];
	kir_id record = collector_pointee(c, arg);

	if (v->kind == KIR_V_ADDR && m->values[v->a].kind == KIR_V_GLOBAL)
		publish_table(c, v->a, 0);
	if (record == KIR_NONE)
		return;
	publish_targets(c, collector_record(c, record));
	for (uint32_t i = 0; i < m->records[record].field_count; i++) {
		const struct kir_type *t = &m->fields[m->records[record].field_first + i].type;

		if (t->kind == KIR_T_PTR && t->depth == 1 && t->record != KIR_NONE)
			publish_targets(c, collector_record(c, t->record));
	}
}

/* Does the event copy what its argument points to, to another object of that record? */
static bool goes_to_its_like(const struct collector *c, const struct kir_event *ev, uint32_t from)
{
	const uint32_t *args = c->e->m->args + ev->arg_first;
	kir_id record = collector_pointee(c, args[from]);

	if (record == KIR_NONE || !from)
		return record != KIR_NONE;
	for (uint32_t i = 0; i < ev->arg_count; i++)
		if (i != from && collector_pointee(c, args[i]) == record)
			return true;
	return false;
}

/* The part that each driver has one of, in an object that somebody else makes. */
static uint32_t the_one(struct collector *c, uint32_t kind)
{
	const struct rule_member *at = &rules_pinned(c->e->rules, kind)->at;

	return collector_add_part(c->pin, names_add(c->pin->p->names, at->record),
			names_add(c->pin->p->names, at->field), kind);
}

static void take_touch(struct collector *c, const struct kir_event *ev, const struct rule_touch *rt)
{
	const struct kir_module *m = c->e->m;
	kir_id arg = KIR_NONE;
	uint32_t part, record;

	if (rt->arg) {
		if (rt->arg > ev->arg_count)
			return;
		arg = m->args[ev->arg_first + rt->arg - 1];
	}
	switch (rt->action) {
	case TOUCH_ALLOC: case TOUCH_MANAGE: case TOUCH_BORROW:
		if (ev->dst == KIR_NONE)
			return;
		add_touch(c, rt, KIR_NONE, collector_record(c, collector_pointee(c, ev->dst)),
			  pin_variable(m, ev->dst));
		c->fresh = m->values[ev->dst].kind == KIR_V_TEMP ? m->values[ev->dst].a : KIR_NONE;
		c->fresh_touch = c->f->ntouches - 1;
		return;
	case TOUCH_COPY:
		if (arg != KIR_NONE && goes_to_its_like(c, ev, rt->arg - 1))
			add_touch(c, rt, KIR_NONE, collector_record(c, collector_pointee(c, arg)), collector_pointee(c, arg));
		return;
	case TOUCH_UNDO:
		if (arg != KIR_NONE)
			add_call(c, named(c, arg), true, NULL, true);
		return;
	case TOUCH_FREE: case TOUCH_PUBLISH:
		if (arg == KIR_NONE)
			return;
		record = collector_record(c, collector_pointee(c, arg));
		add_touch(c, rt, KIR_NONE, record, pin_variable(m, arg));
		if (rt->action == TOUCH_PUBLISH)
			publish(c, arg);
		return;
	default:
		if (rules_pinned(c->e->rules, rt->kind)->at.record) {
			add_touch(c, rt, the_one(c, rt->kind), KIR_NONE, KIR_NONE);
			return;
		}
		/* What is returned goes to a member. */
		part = collector_part(c, rt->arg ? arg : ev->dst, rt->kind);
		if (!rt->arg && ev->dst != KIR_NONE && m->values[ev->dst].kind == KIR_V_TEMP) {
			c->fresh = m->values[ev->dst].a;
			add_touch(c, rt, KIR_NONE, KIR_NONE, KIR_NONE);
			c->fresh_touch = c->f->ntouches - 1;
		} else if (part != KIR_NONE || rt->action == TOUCH_INIT || rt->action == TOUCH_SPLICE ||
			   !rules_pinned(c->e->rules, rt->kind)->nrecords) {
			/* Of some parts it matters that they are there. */
			add_touch(c, rt, part, KIR_NONE, rt->arg ? pin_variable(m, arg) : KIR_NONE);
		}
		return;
	}
}

/* Is the value memory that another record carries? */
static bool is_carried(const struct collector *c, kir_id id)
{
	const struct kir_value *values = c->e->m->values, *v = &values[id];

	while (v->kind == KIR_V_ADDR || v->kind == KIR_V_INDEX) {
		id = v->a;
		v = &values[id];
	}
	if (v->kind != KIR_V_FIELD || v->c == KIR_NONE)
		return false;
	for (size_t i = 0; i < c->pin->ncarriers; i++)
		if (c->pin->carriers[i].field == c->e->names[id] &&
		    c->pin->carriers[i].record == c->e->records[v->c])
			return true;
	return false;
}

/* A member points to something from here on. */
static void take_pointer(struct collector *c, const struct kir_event *ev)
{
	static const struct rule_touch set = { .action = TOUCH_SET, .kind = KIR_NONE };
	const struct kir_value *values = c->e->m->values, *dst = &values[ev->dst];
	const struct kir_type *t;

	if (dst->kind != KIR_V_FIELD || dst->c == KIR_NONE || values[ev->value].kind == KIR_V_NULL ||
	    values[ev->value].kind == KIR_V_INT)
		return;
	t = collector_field_type(c, dst);
	if (t && t->kind == KIR_T_PTR)
		add_touch(c, &set, collector_part(c, ev->dst, KIR_NONE), KIR_NONE, KIR_NONE);
}

/* A function is stored in a part that will call it (hrtimer.function). */
static void take_binding(struct collector *c, const struct kir_event *ev)
{
	static const struct rule_touch bind = { .action = TOUCH_BIND, .kind = KIR_NONE };
	const struct kir_value *dst = &c->e->m->values[ev->dst];
	const struct def *d = dst->kind == KIR_V_FIELD ? named(c, ev->value) : NULL;
	uint32_t part;

	if (!d || dst->c == KIR_NONE ||
	    !collector_kind(c, dst->c))
		return;
	part = collector_part(c, dst->a, KIR_NONE);
	if (part == KIR_NONE)
		return;
	add_touch(c, &bind, part, KIR_NONE, KIR_NONE);
	add_call(c, d, true, NULL, false);
}

/* Is the value the member that holds what each driver has one of?  Its kind, or KIR_NONE. */
static uint32_t holder(const struct collector *c, kir_id id)
{
	const struct kir_value *v = &c->e->m->values[id];

	if (v->kind != KIR_V_FIELD || v->c == KIR_NONE)
		return KIR_NONE;
	for (size_t i = 0; i < c->pin->nholders; i++)
		if (c->pin->holders[i].field == c->e->names[id] &&
		    c->pin->holders[i].record == c->e->records[v->c])
			return c->pin->holder_kinds[i];
	return KIR_NONE;
}

static void take_the_one(struct collector *c, const struct kir_event *ev)
{
	uint32_t kind = holder(c, ev->dst);
	struct rule_touch rt = { .action = TOUCH_INIT, .kind = kind };

	if (kind != KIR_NONE && c->e->m->values[ev->value].kind == KIR_V_NULL)
		return;
	if (kind == KIR_NONE) {
		rt.kind = kind = holder(c, ev->value);
		rt.action = TOUCH_USE;
	}
	if (kind != KIR_NONE)
		add_touch(c, &rt, the_one(c, kind), KIR_NONE, KIR_NONE);
}

/* Where the result of the last allocation goes says what it is. */
static void take_store(struct collector *c, const struct kir_event *ev)
{
	const struct kir_value *v = &c->e->m->values[ev->value];
	static const struct rule_touch borrow = { .action = TOUCH_BORROW, .kind = KIR_NONE };
	struct pin_touch *t;

	take_pointer(c, ev);
	take_binding(c, ev);
	take_the_one(c, ev);

	if (collector_pointee(c, ev->dst) != KIR_NONE && is_carried(c, ev->value))
		add_touch(c, &borrow, KIR_NONE, collector_record(c, collector_pointee(c, ev->dst)),
			  pin_variable(c->e->m, ev->dst));
	if (c->fresh == KIR_NONE || v->kind != KIR_V_TEMP || v->a != c->fresh)
		return;
	t = &c->f->touches[c->fresh_touch];
	if (t->action == TOUCH_ALLOC || t->action == TOUCH_MANAGE || t->action == TOUCH_BORROW)
		*t = (struct pin_touch){ t->part, t->kind, t->action, t->block, t->event,
					 collector_record(c, collector_pointee(c, ev->dst)),
					 pin_variable(c->e->m, ev->dst) };
	else
		t->part = collector_part(c, ev->dst, t->kind);
	c->fresh = KIR_NONE;
}

/* What a rule says that is called, now or later. */
static void take_callbacks(struct collector *c, const struct kir_event *ev,
			       const struct rule *rule)
{
	for (uint32_t i = 0; i < rule->ncalls; i++) {
		const struct rule_call *rc = &rule->calls[i];

		if (rc->fn.root != ROOT_ARG || rc->fn.nsteps || rc->fn.arg > ev->arg_count)
			continue;
		add_call(c, named(c, c->e->m->args[ev->arg_first + rc->fn.arg - 1]),
			 rc->context != RULES_NONE, rc->until, false);
	}
}

/* The address of a part, handed to whoever may do anything to it. */
static void take_address(struct collector *c, kir_id arg)
{
	const struct kir_module *m = c->e->m;
	const struct rule_pinned *kind;
	kir_id record;
	uint32_t part;

	if (m->values[arg].kind != KIR_V_ADDR)
		return;
	record = collector_pointee(c, arg);
	kind = record == KIR_NONE ? NULL :
		collector_kind(c, record);
	if (!kind)
		return;
	part = collector_part(c, arg, (uint32_t)(kind - rules_pinned(c->e->rules, 0)));
	if (part != KIR_NONE)
		hand_on(c->pin, part);
}

/* Does the function, of a header, only look at the parameter: not hand it on, and not store
 * to what it points to? */
static bool only_looks(const struct def *d, uint32_t param)
{
	const struct kir_module *m = d->unit->m;
	const struct kir_func *kf = d->unit->funcs[d->func].f;
	const uint32_t object = param << 1;

	if (!(kf->flags & KIR_F_HEADER))
		return false;
	for (uint32_t b = 0; b < kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			const struct kir_event *ev = &m->events[i];

			if (ev->kind == KIR_E_STORE)
				return false;
			for (uint32_t a = 0; a < ev->arg_count; a++)
				if (pin_variable(m, m->args[ev->arg_first + a]) == object)
					return false;
		}
	}
	return true;
}

static void take_arguments(struct collector *c, const struct kir_event *ev)
{
	const struct def *d = named(c, ev->callee);

	for (uint32_t i = 0; i < ev->arg_count; i++)
		if (!d || !d->unit || !only_looks(d, i))
			take_address(c, c->e->m->args[ev->arg_first + i]);
}

/* What the rules say of the function: names are looked up once. */
static const struct pin_named *what_is(struct collector *c, kir_id callee)
{
	struct pin_named *its = &c->pin->named[c->e->names[callee]];
	const char *name = kir_string(c->e->m, c->e->m->values[callee].a);

	if (!its->known)
		*its = (struct pin_named){ true, rules_registers(c->e->rules, name),
					   rules_undoes(c->e->rules, name),
					   rules_touch(c->e->rules, name),
					   rules_find(c->e->rules, name) };
	return its;
}

/* Who reads where a list begins needs its head. */
static void take_walk(struct collector *c, kir_id id)
{
	static const char *const heads[] = { "next", "prev", "first" };
	const struct kir_module *m = c->e->m;
	const struct kir_value *v = &m->values[id];
	struct rule_touch use = { .action = TOUCH_WALK };
	const struct rule_pinned *kind;
	uint32_t part;

	while (v->kind == KIR_V_CONTAINER) {
		id = v->a;
		v = &m->values[id];
	}
	if (v->kind != KIR_V_FIELD || v->c == KIR_NONE || m->values[v->a].kind != KIR_V_FIELD)
		return;
	kind = collector_kind(c, v->c);
	for (size_t i = 0; kind && i < sizeof(heads) / sizeof(heads[0]); i++) {
		if (strcmp(kir_string(m, v->b), heads[i]))
			continue;
		use.kind = (uint32_t)(kind - rules_pinned(c->e->rules, 0));
		part = collector_part(c, v->a, use.kind);
		if (part != KIR_NONE)
			add_touch(c, &use, part, KIR_NONE, pin_variable_of(m, v->a));
		return;
	}
}

/* A part gets a value as a whole (IRQ_WORK_INIT). */
static void take_value(struct collector *c, const struct kir_event *ev)
{
	static const struct rule_touch init = { .action = TOUCH_INIT };
	const struct kir_value *dst = &c->e->m->values[ev->dst];
	const struct kir_type *t = dst->kind == KIR_V_FIELD ? collector_field_type(c, dst) : NULL;
	const struct rule_pinned *kind = NULL;
	struct rule_touch touch = init;
	uint32_t part;

	if (t && t->kind == KIR_T_RECORD && t->record != KIR_NONE)
		kind = collector_kind(c, t->record);
	if (!kind)
		return;
	touch.kind = (uint32_t)(kind - rules_pinned(c->e->rules, 0));
	part = collector_part(c, ev->dst, touch.kind);
	if (part != KIR_NONE)
		add_touch(c, &touch, part, KIR_NONE, pin_variable_of(c->e->m, ev->dst));
}

static void take_event(struct collector *c, const struct kir_event *ev)
{
	static const struct rule_touch enter = { .action = TOUCH_ENTER, .kind = KIR_NONE },
				       leave = { .action = TOUCH_LEAVE, .kind = KIR_NONE };
	const struct kir_value *callee;
	const struct pin_named *its;

	if (ev->kind == KIR_E_COPY)
		take_value(c, ev);
	if (ev->kind == KIR_E_STORE) {
		take_store(c, ev);
		take_walk(c, ev->value);
		/* Another name for the part. */
		take_address(c, ev->value);
		return;
	}
	if (ev->kind != KIR_E_CALL && ev->kind != KIR_E_MACRO)
		return;
	callee = &c->e->m->values[ev->callee];
	if (callee->kind != KIR_V_FUNC)
		return;
	its = what_is(c, ev->callee);
	for (const struct rule_touch *rt = its->touch; rt; rt = rules_next_touch(c->e->rules, rt))
		take_touch(c, ev, rt);
	if (its->rule)
		take_callbacks(c, ev, its->rule);
	if (its->undone || its->undoes)
		add_touch(c, its->undone ? &enter : &leave, KIR_NONE, c->e->names[ev->callee],
			  KIR_NONE);
	/* Who takes or gives back a lock does nothing else to it. */
	if (its->touch || (its->rule && its->rule->neffects))
		return;
	if (!its->rule)
		add_call(c, named(c, ev->callee), false, NULL, false);
	take_arguments(c, ev);
}

static void collect(struct pin *pin, const struct def *d)
{
	struct collector c = { .pin = pin, .e = d->unit, .f = &pin->funcs[d->id],
			       .kf = d->unit->funcs[d->func].f, .fresh = KIR_NONE };
	const struct kir_module *m = d->unit->m;

	c.f->def = d;
	for (c.block = 0; c.block < c.kf->block_count; c.block++) {
		const struct kir_block *b = &m->blocks[c.kf->block_first + c.block];

		for (uint32_t i = 0; i < b->event_count; i++) {
			c.event = b->event_first + i;
			take_event(&c, &m->events[c.event]);
		}
	}
}

static void number_directories(struct pin *pin)
{
	struct strmap *seen = pin->by_directory = strmap_new();

	pin->directories = xcalloc(pin->p->nunits + 1, sizeof(*pin->directories));
	for (uint32_t i = 0; i < pin->p->nunits; i++) {
		const struct kir_module *m = pin->p->units[i]->m;
		const char *source = kir_string(m, m->source), *slash = strrchr(source, '/');
		char *dir = arena_strndup(pin->arena, source, slash ? (size_t)(slash - source) : 0);

		if (strmap_get(seen, dir) == UINT32_MAX)
			strmap_set(seen, dir, i);
		pin->directories[i] = strmap_get(seen, dir);
	}
}

static void find_holders(struct pin *pin)
{
	const struct rule_pinned *kind;

	for (uint32_t k = 0; (kind = rules_pinned(pin->p->rules, k)); k++) {
		const struct pin_member m = {
			kind->at.record ? names_find(pin->p->names, kind->at.record) : UINT32_MAX,
			kind->at.record ? names_find(pin->p->names, kind->at.field) : UINT32_MAX
		};

		if (m.record == UINT32_MAX || m.field == UINT32_MAX || pin->nholders == PIN_HOLDERS)
			continue;
		pin->holder_kinds[pin->nholders] = k;
		pin->holders[pin->nholders++] = m;
	}
}

static void find_carriers(struct pin *pin)
{
	size_t n;
	const struct rule_member *v = rules_carriers(pin->p->rules, &n);

	pin->carriers = xcalloc(n + 1, sizeof(*pin->carriers));
	for (size_t i = 0; i < n; i++) {
		const struct pin_member m = { names_find(pin->p->names, v[i].record),
					      names_find(pin->p->names, v[i].field) };

		if (m.record != UINT32_MAX && m.field != UINT32_MAX)
			pin->carriers[pin->ncarriers++] = m;
	}
}

struct pin *pin_new(struct program *p)
{
	struct pin *pin = xcalloc(1, sizeof(*pin));

	pin->p = p;
	pin->arena = arena_new();
	pin->by_name = strmap_new();
	pin->record_kinds = xcalloc(p->nnames + 1, sizeof(*pin->record_kinds));
	pin->named = xcalloc(p->nnames + 1, sizeof(*pin->named));
	pin->funcs = xcalloc(p->ndefs + 1u, sizeof(*pin->funcs));
	pin->followed = xcalloc(p->ndefs + 1u, sizeof(*pin->followed));
	pin->asked = xcalloc(p->ndefs + 1u, sizeof(*pin->asked));
	number_directories(pin);
	find_carriers(pin);
	find_holders(pin);
	for (uint32_t i = 0; i < p->ndefs; i++)
		if (p->defs[i].unit)
			collect(pin, &p->defs[i]);
	pin->sets = pin_sets_new(pin);
	pin_stats_make(pin);
	return pin;
}

void pin_free(struct pin *pin)
{
	if (!pin)
		return;
	pin_sets_free(pin->sets);
	for (uint32_t i = 0; i < pin->p->ndefs; i++) {
		free(pin->funcs[i].touches);
		free(pin->funcs[i].calls);
	}
	free(pin->funcs);
	free(pin->named);
	free(pin->record_kinds);
	free(pin->stats);
	free(pin->records);
	free(pin->registrations);
	free(pin->leaves);
	free(pin->handed_on);
	free(pin->carriers);
	free(pin->followed);
	free(pin->asked);
	free(pin->parts);
	free(pin->directories);
	strmap_free(pin->by_name);
	strmap_free(pin->by_directory);
	arena_free(pin->arena);
	free(pin);
}

const char *pin_name(const struct pin *pin, uint32_t part)
{
	const struct pin_part *p = &pin->parts[part];

	return p->record == KIR_NONE ? names_text(pin->p->names, p->field) :
		arena_printf(pin->arena, "%s.%s", names_text(pin->p->names, p->record),
			     names_text(pin->p->names, p->field));
}
