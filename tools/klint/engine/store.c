/* SPDX-License-Identifier: MIT */
/*
 * Stores to memory: what is known of the place ends, what was copied from it and what is
 * known of the entry goes on under another name.
 */
#include "solver.h"

/* Names of members, sorted. */
struct members {
	const uint32_t *v;
	uint32_t n;
};

static bool is_among(const struct members *m, uint32_t name)
{
	size_t at = first_not(m->n, i, m->v[i] < name);

	return at < m->n && m->v[at] == name;
}

/* A load of one of the members that @x speaks of, the outermost, or SYM_NONE. */
static sym find_load(const struct symtab *t, sym x, const struct members *m)
{
	const struct sym_node *n = sym_get(t, x);
	const struct sym_node *at;
	sym in;

	if (!(n->flags & SF_LOAD) || !n->depth)
		return SYM_NONE;
	if (n->kind == S_LOAD) {
		at = sym_get(t, n->a);
		if (at->kind == S_FIELD && is_among(m, at->b))
			return x;
	}
	in = find_load(t, n->a, m);
	if (in == SYM_NONE && sym_has_second(n))
		in = find_load(t, n->b, m);
	return in;
}

bool eval_is_entry(const struct solver *sv, const uint64_t *changed, sym x)
{
	const struct symtab *t = sv->e->t;
	const struct sym_node *n = sym_get(t, x);

	if (!(n->flags & SF_LOAD))
		return true;
	if (n->kind == S_LOAD) {
		const struct sym_node *at = sym_get(t, n->a);

		if (at->kind == S_FIELD && flow_in_stores(sv->fl, changed, at->b))
			return false;
		if (at->kind == S_PARAM && flow_in_stores(sv->fl, changed, FLOW_POINTED + at->a))
			return false;
	}
	return eval_is_entry(sv, changed, n->a) &&
	       (!sym_has_second(n) || eval_is_entry(sv, changed, n->b));
}

/* The name, from @at on, of what @load was before. */
static sym past_name(struct solver *sv, struct work_state *w, sym load, origin at)
{
	struct symtab *t = sv->e->t;
	sym addr = sym_get(t, load)->a, old;
	const struct sym_node *n;

	if (!sym_is(t, load, S_LOAD))	/* deeper than is followed */
		return load;
	n = sym_get(t, addr);
	if ((n->kind == S_FIELD || n->kind == S_PARAM) && !(n->flags & SF_VAR) &&
	    !flow_in_stores(sv->fl, sv->changed, n->kind == S_FIELD ? n->b : FLOW_POINTED + n->a))
		return sym_entry(t, addr);
	old = sym_old(t, at, load, !sv->fl->in_loop[sv->block]);
	state_forget(w, t, old);
	return old;
}

static bool is_past(const struct symtab *t, sym x)
{
	return sym_is(t, x, S_PRED) && sym_get(t, x)->op == P_WAS;
}

/* What is known of what memory held at entry still is.  And what was known of members of
 * that name may still be true: the store may have been to another object.  That is worth
 * knowing when a branch asks for it. */
static void keep_entry_facts(struct solver *sv, struct work_state *w, const struct members *m,
			     origin at)
{
	struct symtab *t = sv->e->t;
	struct fact kept[STATE_FACTS], past[8];
	unsigned int n = 0, nkept = 0, npast = 0;

	for (unsigned int i = 0; i < w->s.nfacts; i++) {
		struct fact f = w->facts[i];
		sym load = is_past(t, f.what) ? SYM_NONE : find_load(t, f.what, m);

		if (load == SYM_NONE) {
			/* What has got another name is no load any more. */
			if (!is_past(t, f.what) || sym_get(t, f.what)->flags & SF_LOAD)
				w->facts[n++] = f;
			continue;
		}
		if (npast < 8 && flow_is_tested(sv->fl, sym_get(t, sym_get(t, load)->a)->b))
			past[npast++] = (struct fact){ sym_pred(t, P_WAS, f.what), f.is, false };
		for (; load != SYM_NONE; load = find_load(t, f.what, m))
			f.what = sym_replace(t, f.what, load, past_name(sv, w, load, at));
		if (!(sym_get(t, f.what)->flags & (SF_FRESH | SF_OLD)))
			kept[nkept++] = f;
	}
	w->s.nfacts = (uint16_t)n;
	for (unsigned int i = 0; i < nkept; i++) {
		state_set_fact(w, kept[i].what, &kept[i].is);
		if (kept[i].entry)
			state_note_entry(w, kept[i].what);
	}
	for (unsigned int i = 0; i < npast; i++)
		state_set_fact(w, past[i].what, &past[i].is);
}

/* The function stores to such a member. */
static void note_stored(struct solver *sv, uint32_t name)
{
	uint32_t i = flow_store_index(sv->fl, name);

	if (i != UINT32_MAX) {
		if (flow_has(sv->noted, i))
			return;
		sv->noted[i / 64] |= 1ull << (i % 64);
	}
	vec_push(sv->stored, sv->nstored, sv->stored_cap) = name;
}

static void forget_members(struct solver *sv, struct work_state *w, const struct members *m,
			   sym keep, origin at)
{
	struct symtab *t = sv->e->t;
	unsigned int n = 0;
	uint32_t nth = 0;

	for (unsigned int i = 0; i < w->s.nenv; i++) {
		const struct sym_node *node = sym_get(t, w->env[i].addr);
		bool same = node->kind == S_FIELD && w->env[i].addr != keep &&
			    is_among(m, node->b) &&
			    !sym_is(t, sym_root(t, w->env[i].addr), S_VAR);

		if (!same)
			w->env[n++] = w->env[i];
	}
	w->s.nenv = (uint16_t)n;
	/* What variables have copied from there stays what it was. */
	for (unsigned int i = 0; i < w->s.nenv && nth < 4 * m->n; i++) {
		sym load = find_load(t, w->env[i].value, m);

		if (load == SYM_NONE)
			continue;
		nth++;
		state_replace(w, t, load, past_name(sv, w, load, at));
		i = UINT32_MAX;		/* from the start: entries have moved */
	}
	keep_entry_facts(sv, w, m, at);
}

void eval_forget_stored(struct solver *sv, struct work_state *w, const struct summary *sum,
			origin at)
{
	struct members m = { sum->stored, sum->nstored };

	if (!sum->nstored)
		return;
	forget_members(sv, w, &m, SYM_NONE, at);
	/* Once for each callee, whatever number of states call it. */
	for (size_t i = sv->napplied; i-- > 0;)
		if (sv->applied[i] == sum)
			return;
	vec_push(sv->applied, sv->napplied, sv->applied_cap) = sum;
	for (uint32_t i = 0; i < sum->nstored; i++)
		note_stored(sv, sum->stored[i]);
}

void eval_store(struct solver *sv, struct work_state *w, sym addr, sym value, origin at)
{
	struct symtab *t = sv->e->t;
	sym root = sym_root(t, addr);

	if (!sym_is(t, root, S_VAR)) {
		const struct sym_node *n = sym_get(t, addr);
		sym before = sym_load(t, addr);
		/* What a variable copied from there keeps its identity, under a
		 * name that says that the place has changed since. */
		sym old = past_name(sv, w, before, at);

		state_replace(w, t, before, old);
		value = sym_replace(t, value, before, old);
		if (n->kind == S_FIELD) {
			struct members m = { &n->b, 1 };

			/* The value may speak of what is renamed: it is in the state. */
			state_bind(w, addr, value);
			forget_members(sv, w, &m, addr, at);
			note_stored(sv, n->b);
			return;
		}
	} else {
		struct cons any = cons_any();

		state_set_fact(w, sym_load(t, addr), &any);
	}
	state_bind(w, addr, value);
}

/* Is @addr the address @base or of a part of it?  Its path is replayed on @to. */
static sym rebase(struct symtab *t, sym addr, sym base, sym to)
{
	struct sym_node n;
	sym up;

	if (addr == base)
		return to;
	n = *sym_get(t, addr);
	if (n.kind != S_FIELD && n.kind != S_INDEX)
		return SYM_NONE;
	up = rebase(t, n.a, base, to);
	if (up == SYM_NONE)
		return SYM_NONE;
	return n.kind == S_FIELD ? sym_field(t, up, n.b) : sym_index(t, up, n.b);
}

void eval_copy(struct solver *sv, struct work_state *w, sym dst, sym src)
{
	struct symtab *t = sv->e->t;
	struct binding found[32];
	unsigned int n = 0;

	for (unsigned int i = 0; i < w->s.nenv && n < 32; i++) {
		sym at = rebase(t, w->env[i].addr, src, dst);

		if (at != SYM_NONE)
			found[n++] = (struct binding){ at, w->env[i].value };
	}
	for (unsigned int i = 0; i < w->s.nenv;) {
		if (rebase(t, w->env[i].addr, dst, dst) != SYM_NONE)
			state_unbind(w, w->env[i].addr);
		else
			i++;
	}
	for (unsigned int i = 0; i < n; i++)
		state_bind(w, found[i].addr, found[i].value);
}
