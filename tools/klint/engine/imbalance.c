/* SPDX-License-Identifier: MIT */
/*
 * The exits of one function held against each other.  A function may return with
 * a lock taken or given back; what it may not do is to leave its caller in doubt.
 *
 * Suspicious is an exit at which a lock is held when another exit has taken it
 * and given it back: the function shows by itself that it means to.  It is no
 * mistake when the result tells the two apart in the usual way (held on success,
 * given back on failure; trylock), or a parameter does.
 */
#include "solver.h"

struct key {
	sym lock;		/* or SYM_NONE: */
	enum ctx_part part;
};

struct depth {
	int depth;
	bool touched, exposed, unclear;
	uint32_t kind;
	origin at;
	uint64_t given;
};

static struct depth depth_of(const struct exit_path *x, struct key k)
{
	struct depth d = { .at = ORIGIN_NONE };

	if (k.lock == SYM_NONE) {
		d.depth = x->state->ctx[k.part];
		d.touched = x->state->ctx_may >> k.part & 1;
		d.at = x->state->ctx_at[k.part];
		d.unclear = x->state->ctx_unclear >> k.part & 1;
		return d;
	}
	for (unsigned int i = 0; i < x->state->nlocks; i++) {
		const struct held *h = &x->state->locks[i];

		if (h->lock != k.lock)
			continue;
		d.depth = h->depth;
		d.touched = h->may_touch;
		d.exposed = h->exposed;
		d.unclear = h->unclear;
		d.given = h->given;
		d.kind = h->kind;
		d.at = h->at;
	}
	return d;
}

/* Is @x the kind of argument that asks for the lock to be kept: a bool, a flag
 * bit, a pointer that may be null?  A bit of the @object that the lock is in is none. */
static bool is_wish(struct solver *sv, sym x, sym object)
{
	const struct sym_node *n = sym_get(sv->e->t, x);
	const struct kir_var *var;

	if (n->kind == S_OP && n->op == KIR_OP_AND)
		return !(n->flags & SF_LOAD) || object == SYM_NONE || !sym_mentions(sv->e->t, x, object);
	if (n->kind != S_PARAM || n->a >= sv->f->param_count)
		return false;
	var = &sv->e->m->vars[sv->f->param_first + n->a];
	return var->type.kind == KIR_T_BOOL || var->type.kind == KIR_T_PTR;
}

/* A fact about such arguments that cannot hold of both; with @memory also one about
 * what the caller's objects held at entry. */
static bool told_apart_at_entry(struct solver *sv, const struct exit_path *x,
				const struct exit_path *n, sym object, bool memory)
{
	const struct state *a = x->state, *b = n->state;
	unsigned int j = 0;

	for (unsigned int i = 0; i < a->nfacts; i++) {
		uint8_t flags = sym_get(sv->e->t, a->facts[i].what)->flags;
		struct cons both;

		if (!(flags & SF_PARAM) || (flags & (SF_FRESH | SF_OLD | SF_VAR)) ||
		    !(is_wish(sv, a->facts[i].what, object) ||
		      (memory && (flags & SF_LOAD) && a->facts[i].entry)))
			continue;
		while (j < b->nfacts && b->facts[j].what < a->facts[i].what)
			j++;
		if (j < b->nfacts && b->facts[j].what == a->facts[i].what &&
		    !cons_meet(&a->facts[i].is, &b->facts[j].is, &both))
			return true;
	}
	return false;
}

static bool is_failure(const struct solver *sv, const struct cons *ret)
{
	unsigned int fail = C_ERR;

	if (sv->f->ret.kind == KIR_T_PTR)
		fail |= C_ZERO;
	return sv->f->ret.kind != KIR_T_VOID && !(ret->mask & ~fail);
}

/* Does @n leave something held or given back that @x does not?  A return that does
 * other things instead (another lock, for what comes next) is no measure. */
static bool leaves_more(const struct state *n, const struct state *x)
{
	for (unsigned int i = 0; i < n->nlocks; i++) {
		int depth = 0;

		for (unsigned int j = 0; j < x->nlocks; j++)
			if (x->locks[j].lock == n->locks[i].lock)
				depth = x->locks[j].depth;
		if (n->locks[i].depth && depth != n->locks[i].depth)
			return true;
	}
	for (unsigned int i = 0; i < CTX_NPARTS; i++)
		if (n->ctx[i] && i != CTX_STATE && n->ctx[i] != x->ctx[i])
			return true;
	return false;
}

/* The object that the lock at the address @lock stands in. */
static sym object_of(const struct symtab *t, sym lock)
{
	while (sym_get(t, lock)->kind == S_FIELD || sym_get(t, lock)->kind == S_INDEX)
		lock = sym_get(t, lock)->a;
	return lock;
}

static bool is_known_to_callers(const struct symtab *t, sym x)
{
	enum sym_kind kind = sym_get(t, x)->kind;

	return kind == S_PARAM || kind == S_GLOBAL || kind == S_INT;
}

/* Does @x leave the lock with its caller: is it returned, or kept in memory, it or
 * the object that was found and locked? */
static bool hands_over(struct solver *sv, const struct exit_path *x, sym lock)
{
	const struct symtab *t = sv->e->t;
	sym object;

	if (lock == SYM_NONE) {	/* a part of the context comes with the lock */
		for (unsigned int i = 0; i < x->state->nlocks; i++)
			if (x->state->locks[i].depth > 0 &&
			    hands_over(sv, x, x->state->locks[i].lock))
				return true;
		return false;
	}
	object = object_of(t, lock);
	if (sv->f->ret.kind == KIR_T_PTR && x->ret_sym != SYM_NONE &&
	    !is_known_to_callers(t, x->ret_sym) &&
	    (sym_mentions(t, lock, x->ret_sym) || sym_mentions(t, x->ret_sym, object)))
		return true;
	for (unsigned int i = 0; i < x->state->nenv; i++) {
		const struct binding *b = &x->state->env[i];

		if (sym_is(t, sym_root(t, b->addr), S_VAR))
			continue;
		if (b->value == lock || (b->value == object && !is_known_to_callers(t, object)))
			return true;
	}
	return false;
}

/* @x stores a result through a pointer that it was given, @n does not. */
static bool told_apart_by_out(const struct solver *sv, const struct state *x,
			      const struct state *n)
{
	const struct symtab *t = sv->e->t;

	for (unsigned int i = 0; i < x->nenv; i++) {
		sym addr = x->env[i].addr, other;

		if (!sym_is(t, addr, S_PARAM))
			continue;
		other = state_value(n, addr);
		if (other != x->env[i].value && (other == SYM_NONE || sym_is(t, other, S_INT)))
			return true;
	}
	return false;
}

/* Can the caller tell from the result that @x holds what @n does not? */
static bool told_apart(struct solver *sv, const struct exit_path *x, const struct exit_path *n,
		       sym object, bool releases)
{
	struct cons both;
	bool same = sv->f->ret.kind == KIR_T_VOID || cons_meet(&x->ret, &n->ret, &both) ||
		    (is_failure(sv, &x->ret) && is_failure(sv, &n->ret));

	/* An object that an unknown function has returned may come with a lock. */
	if (sv->f->ret.kind == KIR_T_PTR && n->ret_sym != SYM_NONE && n->ret_sym != x->ret_sym &&
	    cons_is_any(&n->ret) && sym_is(sv->e->t, n->ret_sym, S_FRESH))
		return true;
	/* Nobody gives back by mistake what the caller has taken: if its objects tell
	 * when to, they tell the caller as well. */
	if (told_apart_at_entry(sv, x, n, object, releases))
		return true;
	/* A failure that leaves more behind than a success is no wish of the caller's. */
	return !same && !(is_failure(sv, &x->ret) && !is_failure(sv, &n->ret));
}

/* One finding a return (a lock comes with disabled interrupts), and one a lock. */
static bool is_reported(const struct solver *sv, kir_id loc, struct key k)
{
	for (size_t i = 0; i < sv->nviolations; i++) {
		const struct violation *v = sv->violations[i];

		if (v->kind != V_IMBALANCE)
			continue;
		if (v->loc == loc || (v->lock == k.lock && (k.lock != SYM_NONE ||
							    v->part == k.part)))
			return true;
	}
	return false;
}

/* Is the event a call of the lock's own function? */
static bool is_direct(const struct solver *sv, origin at)
{
	struct site s = engine_site(sv->e, at);

	return s.direct && rules_find(sv->e->rules, s.callee);
}

/* Given back without having been taken: that is told at the release. */
static void report_release(struct solver *sv, struct key k, const struct depth *d)
{
	struct violation *v;

	for (size_t i = 0; i < sv->nviolations; i++)
		if (sv->violations[i]->kind == V_NOT_HELD && sv->violations[i]->lock == k.lock)
			return;
	/* In a callee it may hang on more than is followed. */
	if (d->at == ORIGIN_NONE || !is_direct(sv, d->at))
		return;
	v = solver_violate_at(sv, V_NOT_HELD, d->at);
	if (v) {
		v->lock = k.lock;
		v->lock_kind = d->kind;
	}
}

static void report(struct solver *sv, const struct exit_path *x, const struct exit_path *n,
		   struct key k, const struct depth *d)
{
	struct violation *v;

	if (is_reported(sv, x->loc, k))
		return;
	if (d->depth < 0 && k.lock != SYM_NONE) {
		report_release(sv, k, d);
		return;
	}
	v = arena_alloc(sv->e->arena, sizeof(*v));
	*v = (struct violation){ .kind = V_IMBALANCE, .func = sv->fi->def->id, .site = ORIGIN_NONE,
		.loc = x->loc, .lock = k.lock, .lock_kind = d->kind, .part = k.part,
		.cause = d->at, .depth = (int8_t)d->depth, .sibling = n->loc, .ret = x->ret,
		.via = KIR_NONE, .via_site = ORIGIN_NONE };
	vec_push(sv->violations, sv->nviolations, sv->violations_cap) = v;
}

/* Is @n an early return of a function that nothing but its end leaves so?  Such a
 * function begins what another one ends. */
static bool is_early(const struct solver *sv, const struct exit_path *x, const struct exit_path *n)
{
	const struct kir_module *m = sv->e->m;

	return sv->f->ret.kind == KIR_T_VOID && x->loc != KIR_NONE && n->loc != KIR_NONE &&
	       m->locs[n->loc].file == m->locs[x->loc].file &&
	       m->locs[n->loc].line < m->locs[x->loc].line;
}

/* Code that is not known got the object, it told that it has succeeded, and no
 * return gives the lock back after that: it is that code that does. */
static bool is_given_away(const struct solver *sv, struct key k, const struct depth *d)
{
	uint64_t given = d->given;

	for (size_t i = 0; given && i < sv->nexits; i++) {
		struct depth other = depth_of(&sv->exits[i], k);

		if (!other.depth)
			given &= ~other.given;
	}
	return given != 0;
}

static void check_key(struct solver *sv, struct key k)
{
	for (size_t i = 0; i < sv->nexits; i++) {
		const struct exit_path *x = &sv->exits[i];
		struct depth d = depth_of(x, k);

		if (!d.depth || d.unclear || x->state->widened || is_given_away(sv, k, &d) ||
		    annots_say(sv, d.depth > 0 ? EFFECT_ACQUIRE : EFFECT_RELEASE) ||
		    (d.depth > 0 && hands_over(sv, x, k.lock)))
			continue;
		for (size_t j = 0; j < sv->nexits; j++) {
			const struct exit_path *n = &sv->exits[j];
			struct depth other = depth_of(n, k);

			if (other.depth || !other.touched || other.unclear || n->state->widened)
				continue;
			/* What has had the object on this way only may have done it. */
			if (d.exposed && !other.exposed)
				continue;
			if (leaves_more(n->state, x->state) || told_apart(sv, x, n, k.lock == SYM_NONE ? SYM_NONE : object_of(sv->e->t, k.lock),
						  d.depth < 0) ||
			    is_early(sv, x, n) ||
			    (d.depth > 0 && told_apart_by_out(sv, x->state, n->state)))
				continue;
			report(sv, x, n, k, &d);
			break;
		}
	}
}

/* Something can be said of the lock: it is one lock, and whoever takes it is to
 * give it back. */
static bool is_judged(const struct solver *sv, const struct held *h)
{
	return h->depth && !lock_is_vague(sv->e, h->lock) &&
	       lock_kind(sv->e, h->kind)->owned;
}

void check_exits(struct solver *sv)
{
	uint32_t parts = 0;

	if (sv->nexits < 2)
		return;
	for (size_t i = 0; i < sv->nexits; i++) {
		const struct state *s = sv->exits[i].state;

		for (unsigned int l = 0; l < s->nlocks; l++)
			if (is_judged(sv, &s->locks[l]) && !lock_has_sister(sv, s, &s->locks[l]))
				check_key(sv, (struct key){ .lock = s->locks[l].lock });
		for (unsigned int p = 0; p < CTX_NPARTS; p++)
			if (s->ctx[p])
				parts |= 1u << p;
	}
	for (unsigned int p = 0; p < CTX_NPARTS; p++)
		if ((parts >> p & 1) && p != CTX_STATE)
			check_key(sv, (struct key){ .lock = SYM_NONE, .part = p });
}
