/* SPDX-License-Identifier: MIT */
/*
 * The chain of a finding, told again from the engine's origins once something
 * is known to be wrong: why the context is what it is, and why the callee needs
 * another one.
 */
#include "check.h"

#include <string.h>

#define MAX_HOPS 10

const char *func_name(const struct check_run *run, uint32_t def)
{
	return def == KIR_NONE ? "" : names_text(run->e->p->names, run->e->p->defs[def].name);
}

struct klint_place place_at(const struct check_run *run, origin at)
{
	struct site s = engine_site(run->e, at);

	return (struct klint_place){ s.file, s.line, s.col };
}

struct klint_place place_of(const struct check_run *run, kir_id loc)
{
	const struct kir_loc *l;

	if (loc == KIR_NONE)
		return (struct klint_place){ .file = kir_string(run->m, run->m->source) };
	l = &run->m->locs[loc];
	return (struct klint_place){ kir_string(run->m, l->file), l->line, l->col };
}

const char *event_callee(const struct check_run *run, origin at)
{
	return engine_site(run->e, at).callee;
}

void draft_begin(struct draft *d, struct check_run *run, const char *lint,
		 const struct violation *v)
{
	memset(d, 0, sizeof(*d));
	d->run = run;
	d->f.lint = lint;
	d->f.severity = lint_find(lint)->severity;
	d->f.at = v->loc == KIR_NONE && v->site != ORIGIN_NONE ? place_at(run, v->site) :
		place_of(run, v->loc);
	d->f.function = func_name(run, v->func);
	d->f.steps = d->steps;
}

static void draft_step_in(struct draft *d, enum step_role role, const char *function,
			  struct klint_place at, const char *text)
{
	if (d->f.nsteps == sizeof(d->steps) / sizeof(d->steps[0]))
		return;
	d->steps[d->f.nsteps++] = (struct klint_step){ .role = role,
		.at = at, .function = function, .text = text };
}

void draft_step(struct draft *d, enum step_role role, uint32_t func, struct klint_place at,
		const char *text)
{
	draft_step_in(d, role, func_name(d->run, func), at, text);
}

void draft_end(struct draft *d)
{
	finding_list_add(d->run->out, &d->f);
}

static const char *var_name(struct check_run *run, uint32_t func, uint32_t var)
{
	const struct def *d = func == KIR_NONE ? NULL : &run->e->p->defs[func];
	const struct kir_module *m = d && d->unit == run->e ? d->unit->m : NULL;
	const struct kir_func *f = m ? &m->funcs[d->func] : NULL;
	const struct contract *c = d && !m ? engine_contract(run->e, d) : NULL;
	const char *name;

	if (c && var < c->nparams)
		return *c->params[var] ? c->params[var] : "<unnamed>";
	if (!f || var >= f->param_count + f->local_count)
		return "<result>";
	name = kir_string(m, m->vars[var < f->param_count ? f->param_first + var :
				     f->local_first + var - f->param_count].name);
	return *name ? name : "<unnamed>";
}

/* The call whose result @point stands for. */
static const char *fresh_name(struct check_run *run, uint32_t point)
{
	const struct engine *e = run->e;

	if ((point < e->m->nevents && e->m->events[point].callee != KIR_NONE) ||
	    (point >= ORIGIN_FOREIGN && point < ORIGIN_FOREIGN + e->nsites))
		return arena_printf(run->a, "%s()", event_callee(run, point));
	return "<value>";
}

static bool is_place(const struct sym_node *n)
{
	return n->kind == S_FIELD || n->kind == S_GLOBAL || n->kind == S_VAR ||
	       n->kind == S_INDEX;
}

const char *explain_name(struct check_run *run, uint32_t func, sym s)
{
	struct sym_node n = *sym_get(run->e->t, s), on;
	const char *base;

	switch (n.kind) {
	case S_INT:
		return arena_printf(run->a, "%lld", (long long)n.imm);
	case S_FUNC: case S_GLOBAL:
		return sym_name_text(run->e->t, n.a);
	case S_PARAM: case S_VAR:
		return var_name(run, func, n.a);
	case S_FRESH:
		if (n.a >= 0x50000000u && n.a < 0x60000000u)
			return var_name(run, func, n.a - 0x50000000u);
		return fresh_name(run, n.a);
	case S_OLD:
		return fresh_name(run, n.a);
	case S_RET:
		return "<result>";
	case S_LOAD: case S_ENTRY:
		on = *sym_get(run->e->t, n.a);
		base = explain_name(run, func, n.a);
		return is_place(&on) ? base : arena_printf(run->a, "*%s", base);
	case S_FIELD:
		on = *sym_get(run->e->t, n.a);
		base = explain_name(run, func, n.a);
		return arena_printf(run->a, "%s%s%s", base, is_place(&on) ? "." : "->",
				    sym_name_text(run->e->t, n.b));
	case S_INDEX:
		return arena_printf(run->a, "%s[%s]", explain_name(run, func, n.a),
				    explain_name(run, func, n.b));
	case S_APPLY:
		return arena_printf(run->a, "%s(…)", sym_name_text(run->e->t, (uint32_t)n.imm));
	case S_PRED:
		return n.op == P_ONCE ? explain_name(run, func, n.a) : "<expression>";
	case S_CONTAINER:
		return arena_printf(run->a, "container_of(%s)", explain_name(run, func, n.a));
	default:
		return "<expression>";
	}
}

const char *explain_lock(struct check_run *run, uint32_t func, sym lock, uint32_t kind)
{
	struct sym_node n = *sym_get(run->e->t, lock);
	const char *name = explain_name(run, func, lock);
	const char *what = kind == RULES_NONE ? "lock" : rules_lock_kind(run->r, kind)->name;

	/* A pointer to the lock stands for the lock itself. */
	if (!is_place(&n) && n.kind != S_PARAM && n.kind != S_LOAD &&
	    n.kind != S_ENTRY)
		return arena_printf(run->a, "a %s", what);
	return arena_printf(run->a, "the %s '%s'", what, name);
}

const char *part_phrase(enum ctx_part part)
{
	static const char *const phrase[CTX_NPARTS] = {
		[CTX_HARDIRQ] = "this runs in a hard interrupt",
		[CTX_SOFTIRQ] = "this runs in a softirq",
		[CTX_NMI] = "this runs in an NMI",
		[CTX_IRQ] = "interrupts are disabled",
		[CTX_BH] = "bottom halves are disabled",
		[CTX_PREEMPT] = "preemption is disabled",
		[CTX_RAW] = "a raw spinlock is held by the caller",
		[CTX_SPIN] = "a spinlock is held by the caller",
		[CTX_RCU] = "this is an RCU read section",
		[CTX_RCU_BH] = "this is an RCU-bh read section",
		[CTX_RCU_SCHED] = "this is an RCU-sched read section",
		[CTX_SRCU] = "this is an SRCU read section",
		[CTX_MIGRATE] = "migration is disabled",
		[CTX_PAGEFAULT] = "page faults are disabled",
		[CTX_NON_BLOCK] = "this is a non-blocking section",
		[CTX_STATE] = "the task state is not TASK_RUNNING"
	};

	return phrase[part];
}

/* The event in @callee where its outcome takes a lock of @kind (or enters
 * @part), and what it calls that lock. */
static origin taken_in(struct check_run *run, uint32_t callee, uint32_t kind,
		       enum ctx_part part, sym *lock)
{
	const struct summary *sum = def_summary(run->e, &run->e->p->defs[callee]);

	for (uint32_t i = 0; sum && i < sum->noutcomes; i++) {
		const struct outcome *o = &sum->outcomes[i];

		if (*lock == SYM_NONE) {
			if (o->ctx[part] > 0)
				return o->ctx_at[part];
			continue;
		}
		for (unsigned int k = 0; k < o->nlocks; k++) {
			if (o->locks[k].depth <= 0 || o->locks[k].kind != kind)
				continue;
			*lock = o->locks[k].lock;
			return o->locks[k].at;
		}
	}
	return ORIGIN_NONE;
}

static void explain_origin(struct draft *d, uint32_t func, origin at, sym lock, uint32_t kind,
			   enum ctx_part part)
{
	struct check_run *run = d->run;

	for (int hop = 0; hop < MAX_HOPS && at != ORIGIN_NONE; hop++) {
		struct site site = engine_site(run->e, at);
		struct klint_place loc = { site.file, site.line, site.col };
		uint32_t callee = site.def;
		const char *name = site.callee;

		if (callee == KIR_NONE) {
			const char *what = lock == SYM_NONE ?
				arena_printf(run->a, "%s(): from here on %s", name, part_phrase(part)) :
				arena_printf(run->a, "%s() takes %s", name,
					     explain_lock(run, func, lock, kind));

			draft_step(d, STEP_CONTEXT, func, loc, what);
			return;
		}
		draft_step(d, STEP_CONTEXT, func, loc, lock == SYM_NONE ?
			   arena_printf(run->a, "%s() returns so that %s", name, part_phrase(part)) :
			   arena_printf(run->a, "%s() returns with %s held", name,
					explain_lock(run, func, lock, kind)));
		func = callee;
		at = taken_in(run, callee, kind, part, &lock);
	}
}

void explain_taken(struct draft *d, uint32_t func, origin at, sym lock, uint32_t kind)
{
	explain_origin(d, func, at, lock, kind, CTX_NPARTS);
}

void explain_part(struct draft *d, uint32_t func, origin at, enum ctx_part part)
{
	explain_origin(d, func, at, SYM_NONE, RULES_NONE, part);
}

const char *explain_context(struct draft *d, const struct violation *v)
{
	struct check_run *run = d->run;

	if (v->entry) {
		const struct rule_context *ctx = rules_context(run->r, v->entry->context);
		const char *why = ctx->why ? ctx->why : ctx->name;
		struct klint_place at = { v->entry->at.file, v->entry->at.line, v->entry->at.col };

		draft_step_in(d, STEP_CONTEXT, v->entry->by, at,
			   arena_printf(run->a, "%s registers %s(): %s", v->entry->how,
					func_name(run, v->func), why));
		return arena_printf(run->a, "%s() runs as %s", func_name(run, v->func), why);
	}
	if (v->lock != SYM_NONE) {
		explain_taken(d, v->func, v->cause, v->lock, v->lock_kind);
		return arena_printf(run->a, "%s is held",
				    explain_lock(run, v->func, v->lock, v->lock_kind));
	}
	explain_part(d, v->func, v->cause, v->part);
	return part_phrase(v->part);
}

static const char *break_text(struct check_run *run, uint32_t func, const struct need *n,
			      const char *name)
{
	switch (n->kind) {
	case NEED_WAIT:
		return arena_printf(run->a, n->wait == WAIT_SLEEP ? "%s() may sleep" :
				    "%s() may sleep on PREEMPT_RT", name);
	case NEED_LOCK:
		return arena_printf(run->a, "%s() takes %s", name,
				    explain_lock(run, func, n->lock, n->lock_kind));
	case NEED_HELD:
		if (n->guarded)
			return arena_printf(run->a, "'%s' is guarded by %s: %s",
					    sym_name_text(run->e->t, n->guarded),
					    explain_lock(run, func, n->lock, RULES_NONE), name);
		return arena_printf(run->a, "%s() needs %s to be held", name,
				    explain_lock(run, func, n->lock, RULES_NONE));
	case NEED_NOT_HELD:
		return arena_printf(run->a, "%s() needs %s not to be held", name,
				    explain_lock(run, func, n->lock, RULES_NONE));
	default:
		return arena_printf(run->a, "%s() states what context it needs", name);
	}
}

static bool is_below(const struct need *n, const struct need *below)
{
	return below->kind == n->kind && below->wait == n->wait &&
	       below->any_state == n->any_state && (n->last || !below->last);
}

/* The callee's own need, of which @n is what the call makes. */
static const struct need *need_below(struct check_run *run, const struct need *n)
{
	const struct summary *sum;

	if (n->callee == KIR_NONE)
		return NULL;
	sum = def_summary(run->e, &run->e->p->defs[n->callee]);
	if (sum && n->sub < sum->nneeds && is_below(n, sum->needs[n->sub]))
		return sum->needs[n->sub];
	/* In a recursion the contract was another one when this was found. */
	for (uint32_t i = 0; sum && i < sum->nneeds; i++)
		if (is_below(n, sum->needs[i]))
			return sum->needs[i];
	return NULL;
}

const char *explain_need(struct draft *d, uint32_t func, const struct need *n)
{
	struct check_run *run = d->run;
	const char *name = "?";

	for (int hop = 0; n && hop < 2 * MAX_HOPS; hop++) {
		const struct need *below = need_below(run, n);

		name = event_callee(run, n->site);
		if (!below) {
			if (n->rule)
				name = n->rule->name;
			draft_step(d, STEP_BREAK, func, place_at(run, n->site),
				   break_text(run, func, n, name));
			return name;
		}
		draft_step(d, STEP_CALL, func, place_at(run, n->site),
			   arena_printf(run->a, "calls %s()", func_name(run, n->callee)));
		func = n->callee;
		n = below;
	}
	return name;
}
