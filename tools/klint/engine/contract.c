/* SPDX-License-Identifier: MIT */
/*
 * Contracts: a summary out of the hands of the engine that has found it, and into
 * those of one that asks.  Both ways are one walk over the summary, with three
 * translations: of symbols, of origins, and of the violations that needs carry.
 */
#include "solver.h"

#include <string.h>

struct copier {
	struct engine *e;
	struct arena *to;
	const struct kir_func *f;	/* making: whose summary it is */
	/* Making: what has been numbered so far. */
	struct sym_node *nodes;
	sym *of_node;
	size_t nnodes, nodes_cap, of_cap;
	struct site *sites;
	origin *of_site;
	size_t nsites, sites_cap, of_site_cap;
	bool borrows;
	/* Reading: */
	const struct contract *from;
	sym *syms;
	uint32_t first_site;	/* of the contract's in the engine */
};

static sym number_node(struct copier *c, sym s);

/* A local's own name: symbols that mention one only serve to be printed. */
static struct sym_node name_local(struct copier *c, const struct sym_node *n)
{
	const struct kir_func *f = c->f;
	const struct kir_module *m = c->e->m;
	const char *name = "<result>";

	if (n->a < f->param_count)
		name = kir_string(m, m->vars[f->param_first + n->a].name);
	else if (n->a < f->param_count + f->local_count)
		name = kir_string(m, m->vars[f->local_first + n->a - f->param_count].name);
	return (struct sym_node){ .kind = S_GLOBAL, .a = sym_name(c->e->t, name) };
}

static uint32_t number_site(struct copier *c, origin at)
{
	for (size_t i = 0; i < c->nsites; i++)
		if (c->of_site[i] == at)
			return (uint32_t)i;
	c->borrows |= at >= ORIGIN_FOREIGN && at < ORIGIN_BLOCK;
	vec_push(c->of_site, c->nsites, c->of_site_cap) = at;
	c->nsites--;
	vec_push(c->sites, c->nsites, c->sites_cap) = engine_site(c->e, at);
	return (uint32_t)(c->nsites - 1);
}

static struct sym_node number_leaf(struct copier *c, struct sym_node n)
{
	switch (n.kind) {
	case S_VAR:
		return name_local(c, &n);
	case S_STR:
		n.a = UINT32_MAX;
		return n;
	case S_FRESH: case S_OLD:
		/* The call that has made it may be named. */
		if (n.a < c->e->m->nevents ||
		    (n.a >= ORIGIN_FOREIGN && n.a < ORIGIN_FOREIGN + c->e->nsites))
			n.a = ORIGIN_FOREIGN + number_site(c, n.a);
		else
			n.a = UINT32_MAX;
		return n;
	default:
		return n;
	}
}

static sym number_node(struct copier *c, sym s)
{
	struct engine *e = c->e;
	struct sym_node n;

	if (s == SYM_NONE)
		return SYM_NONE;
	if (s < e->nnumbers && e->numbers[s])
		return e->numbers[s] - 1;
	n = *sym_get(e->t, s);
	if (n.depth) {
		n.a = number_node(c, n.a);
		if (sym_has_second(sym_get(e->t, s)))
			n.b = number_node(c, n.b);
	} else {
		n = number_leaf(c, n);
	}
	if (s >= e->nnumbers) {
		size_t size = s + 1024u;

		e->numbers = xrealloc(e->numbers, size * sizeof(*e->numbers));
		memset(e->numbers + e->nnumbers, 0, (size - e->nnumbers) * sizeof(*e->numbers));
		e->nnumbers = size;
	}
	vec_push(c->of_node, c->nnodes, c->of_cap) = s;
	c->nnodes--;
	vec_push(c->nodes, c->nnodes, c->nodes_cap) = n;
	e->numbers[s] = (uint32_t)c->nnodes;
	return e->numbers[s] - 1;
}

static sym copy_sym(struct copier *c, sym s)
{
	if (!c->from)
		return number_node(c, s);
	return s == SYM_NONE ? SYM_NONE : c->syms[s];
}

static origin copy_origin(struct copier *c, origin at)
{
	if (at == ORIGIN_NONE)
		return at;
	return c->from ? ORIGIN_FOREIGN + c->first_site + at : number_site(c, at);
}

static void *copy_array(struct copier *c, const void *v, size_t n, size_t size)
{
	void *copy = arena_alloc(c->to, (n + 1) * size);

	if (n)
		memcpy(copy, v, n * size);
	return copy;
}

static void copy_guards(struct copier *c, struct guard *g, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		g[i].what = copy_sym(c, g[i].what);
}

static const struct need *copy_need(struct copier *c, const struct need *n);

static const struct violation *copy_violation(struct copier *c, const struct violation *from)
{
	struct violation *v = copy_array(c, from, 1, sizeof(*v));

	v->loc = v->sibling = KIR_NONE;
	v->site = copy_origin(c, v->site);
	v->cause = copy_origin(c, v->cause);
	v->via_site = copy_origin(c, v->via_site);
	v->lock = copy_sym(c, v->lock);
	if (v->need)
		v->need = copy_need(c, v->need);
	return v;
}

static const struct need *copy_need(struct copier *c, const struct need *from)
{
	struct need *n = copy_array(c, from, 1, sizeof(*n));

	n->lock = copy_sym(c, n->lock);
	n->site = copy_origin(c, n->site);
	for (unsigned int i = 0; i < n->nreleased; i++)
		n->released[i] = copy_sym(c, n->released[i]);
	copy_guards(c, n->guards, n->nguards);
	/* What is broken is a need that is not broken itself. */
	n->broken = n->broken && n->broken->need != from ? copy_violation(c, n->broken) : NULL;
	return n;
}

static void copy_outcome(struct copier *c, struct outcome *o)
{
	o->ret_sym = copy_sym(c, o->ret_sym);
	for (unsigned int i = 0; i < CTX_NPARTS; i++)
		o->ctx_at[i] = o->ctx[i] ? copy_origin(c, o->ctx_at[i]) : ORIGIN_NONE;
	o->locks = copy_array(c, o->locks, o->nlocks, sizeof(*o->locks));
	for (unsigned int i = 0; i < o->nlocks; i++) {
		o->locks[i].lock = copy_sym(c, o->locks[i].lock);
		o->locks[i].at = copy_origin(c, o->locks[i].at);
	}
	copy_guards(c, o->guards, o->nguards);
	o->outs = copy_array(c, o->outs, o->nouts, sizeof(*o->outs));
	for (unsigned int i = 0; i < o->nouts; i++) {
		o->outs[i].addr = copy_sym(c, o->outs[i].addr);
		o->outs[i].value = copy_sym(c, o->outs[i].value);
	}
}

static void copy_summary(struct copier *c, struct summary *to, const struct summary *from)
{
	const struct need **needs;

	*to = *from;
	to->outcomes = copy_array(c, from->outcomes, from->noutcomes, sizeof(*to->outcomes));
	for (uint32_t i = 0; i < to->noutcomes; i++)
		copy_outcome(c, &to->outcomes[i]);
	needs = copy_array(c, from->needs, from->nneeds, sizeof(*needs));
	for (uint32_t i = 0; i < to->nneeds; i++)
		needs[i] = copy_need(c, needs[i]);
	to->needs = needs;
	to->stored = copy_array(c, from->stored, from->nstored, sizeof(*to->stored));
	to->answers = copy_array(c, from->answers, from->nanswers, sizeof(*to->answers));
	for (uint32_t i = 0; i < to->nanswers; i++)
		copy_guards(c, to->answers[i].guards, to->answers[i].nguards);
}

const struct contract *contract_make(struct engine *e, const struct kir_func *f,
				     const struct summary *sum)
{
	struct copier c = { .e = e, .to = e->keep, .f = f };
	struct contract *made = arena_alloc(e->keep, sizeof(*made));

	copy_summary(&c, &made->sum, sum);
	made->nnodes = (uint32_t)c.nnodes;
	made->nodes = copy_array(&c, c.nodes, c.nnodes, sizeof(*c.nodes));
	made->nsites = (uint32_t)c.nsites;
	made->sites = copy_array(&c, c.sites, c.nsites, sizeof(*c.sites));
	made->borrows = c.borrows;
	made->nparams = f->param_count;
	made->params = arena_alloc(e->keep, (f->param_count + 1u) * sizeof(*made->params));
	for (uint32_t i = 0; i < f->param_count; i++)
		made->params[i] = kir_string(e->m, e->m->vars[f->param_first + i].name);
	for (size_t i = 0; i < c.nnodes; i++)
		e->numbers[c.of_node[i]] = 0;
	free(c.nodes);
	free(c.of_node);
	free(c.sites);
	free(c.of_site);
	return made;
}

static void read_nodes(struct copier *c)
{
	struct symtab *t = c->e->t;

	c->syms = arena_alloc(c->to, (c->from->nnodes + 1u) * sizeof(*c->syms));
	for (uint32_t i = 0; i < c->from->nnodes; i++) {
		struct sym_node n = c->from->nodes[i];

		if (n.depth) {
			bool second = sym_has_second(&n);

			c->syms[i] = sym_with(t, &n, c->syms[n.a], second ? c->syms[n.b] : n.b);
			continue;
		}
		if ((n.kind == S_FRESH || n.kind == S_OLD) && n.a != UINT32_MAX)
			n.a += c->first_site;
		c->syms[i] = sym_leaf(t, &n);
	}
}

const struct summary *contract_read(struct engine *e, const struct contract *from)
{
	struct copier c = { .e = e, .to = e->arena, .from = from,
			    .first_site = (uint32_t)e->nsites };
	struct summary *sum = arena_alloc(e->arena, sizeof(*sum));

	for (uint32_t i = 0; i < from->nsites; i++)
		vec_push(e->sites, e->nsites, e->sites_cap) = from->sites[i];
	read_nodes(&c);
	copy_summary(&c, sum, &from->sum);
	return sum;
}
