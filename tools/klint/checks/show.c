/* SPDX-License-Identifier: MIT */
/* `klint show`: the inferred contract of one function, as people read it. */
#include "check.h"

#include <string.h>

/* Whose contract is printed: that which is solved here, or was brought along. */
static const struct def *shown(const struct func_info *fi)
{
	return fi->def ? fi->def : fi->target;
}

static void print_place(const struct check_run *run, kir_id loc, FILE *out)
{
	const struct kir_loc *l;

	if (loc == KIR_NONE)
		return;
	l = &run->m->locs[loc];
	if (l->line)
		fprintf(out, " (%s:%u)", kir_string(run->m, l->file), l->line);
}

static const char *cons_text(struct check_run *run, const struct cons *c)
{
	if (c->has_eq)
		return arena_printf(run->a, "== %lld", (long long)c->eq);
	switch (c->mask) {
	case C_ERR: return "is an error";
	case C_ZERO: return "== 0";
	case C_POS: return "> 0";
	case C_ANY & ~C_ZERO: return "!= 0";
	case C_ANY & ~C_ERR: return "is no error";
	case C_ZERO | C_POS: return ">= 0";
	case C_LOW | C_POS: return "is a pointer";
	case C_ERR | C_LOW: return "< 0";
	default: break;
	}
	return c->nneq ? arena_printf(run->a, "!= %lld", (long long)c->neq[0]) : "is anything";
}

static const char *sym_text(struct check_run *run, uint32_t func, sym s)
{
	const struct sym_node *n = sym_get(run->e->t, s);

	if (n->kind == S_OP && n->op == KIR_OP_AND)
		return arena_printf(run->a, "(%s & %s)", explain_name(run, func, n->a),
				    explain_name(run, func, n->b));
	return explain_name(run, func, s);
}

static void print_guards(struct check_run *run, uint32_t func, const struct guard *g,
			 uint32_t n, FILE *out)
{
	for (uint32_t i = 0; i < n; i++)
		fprintf(out, "%s %s %s", i ? " and" : " if", sym_text(run, func, g[i].what),
			cons_text(run, &g[i].is));
}

static void print_depth(const char *what, int depth, FILE *out)
{
	fprintf(out, "      %s %s%s\n", depth > 0 ? "leaves held:" : "releases:", what,
		depth > 1 || depth < -1 ? " (more than once)" : "");
}

static void print_outcome(struct check_run *run, const struct func_info *fi,
			  const struct outcome *o, FILE *out)
{
	fprintf(out, "  returns");
	/* The type of what was brought along is not known. */
	if (fi->def ? fi->f->ret.kind != KIR_T_VOID : o->ret.has_eq || o->ret.mask != C_ANY)
		fprintf(out, " a value that %s", cons_text(run, &o->ret));
	print_guards(run, shown(fi)->id, o->guards, o->nguards, out);
	fprintf(out, "%s\n", o->widened ? " (paths were joined: not exact)" : "");
	for (unsigned int i = 0; i < o->nlocks; i++)
		print_depth(explain_lock(run, shown(fi)->id, o->locks[i].lock, o->locks[i].kind),
			    o->locks[i].depth, out);
	for (unsigned int i = 0; i < o->nouts; i++)
		fprintf(out, "      stores to %s: %s\n",
			sym_text(run, shown(fi)->id, sym_load(run->e->t, o->outs[i].addr)),
			o->outs[i].value == SYM_NONE ?
			arena_printf(run->a, "what %s", cons_text(run, &o->outs[i].is)) :
			sym_text(run, shown(fi)->id, o->outs[i].value));
	for (unsigned int p = 0; p < CTX_NPARTS; p++)
		if (o->ctx[p])
			print_depth(ctx_part_name(p), o->ctx[p], out);
}

static void print_need(struct check_run *run, const struct func_info *fi, const struct need *n,
		       FILE *out)
{
	struct violation v = { .func = shown(fi)->id, .site = n->site, .loc = KIR_NONE };
	struct draft d;
	const char *leaf;

	draft_begin(&d, run, "atomic-sleep", &v);
	leaf = explain_need(&d, shown(fi)->id, n);
	switch (n->kind) {
	case NEED_WAIT:
		fprintf(out, n->wait == WAIT_SLEEP ? "  may sleep" : "  may sleep on PREEMPT_RT");
		break;
	case NEED_LOCK:
		fprintf(out, "  takes %s", explain_lock(run, shown(fi)->id, n->lock, n->lock_kind));
		break;
	case NEED_HELD: case NEED_NOT_HELD:
		fprintf(out, "  needs %s %s", explain_lock(run, shown(fi)->id, n->lock, RULES_NONE),
			n->kind == NEED_HELD ? "to be held" : "not to be held");
		break;
	case NEED_CALL:
		fprintf(out, "  calls %s", explain_name(run, shown(fi)->id, n->lock));
		break;
	default:
		fprintf(out, "  states its context");
		break;
	}
	print_guards(run, shown(fi)->id, n->guards, n->nguards, out);
	if (n->last)
		fprintf(out, "%s when the last reference is given back", n->nguards ? " and" : "");
	fprintf(out, ": %s()\n", leaf);
	for (size_t i = 0; i < d.f.nsteps; i++)
		fprintf(out, "      %s:%u: in %s(): %s\n", d.steps[i].at.file, d.steps[i].at.line,
			d.steps[i].function, d.steps[i].text);
}

static void print_function(struct check_run *run, const struct func_info *fi, FILE *out)
{
	const struct def *d = shown(fi);
	const struct summary *sum = d ? def_summary(run->e, d) : NULL;

	fprintf(out, "%s()", kir_string(run->m, fi->f->name));
	print_place(run, fi->f->loc, out);
	fputc('\n', out);
	if (fi->rule)
		fprintf(out, "  callers see the contract of %s:%u\n", fi->rule->file, fi->rule->line);
	for (uint32_t i = 0; d && i < d->nentries; i++) {
		const struct rule_context *ctx = rules_context(run->r, d->entries[i].context);

		fprintf(out, "  entered as %s: %s (%s:%u)\n", ctx->why ? ctx->why : ctx->name,
			d->entries[i].how, d->entries[i].at.file, d->entries[i].at.line);
	}
	if (d && d->gap)
		fprintf(out, "  not analysed: %s\n", d->gap);
	else if (!sum)
		fprintf(out, "  declared here only: nothing is known but its contract\n");
	for (uint32_t i = 0; sum && i < sum->nneeds; i++)
		print_need(run, fi, sum->needs[i], out);
	for (uint32_t i = 0; sum && i < sum->noutcomes; i++)
		print_outcome(run, fi, &sum->outcomes[i], out);
	if (sum && sum->unclear)
		fprintf(out, "  callers rely on none of these ways: there are too many\n");
	if (sum && !sum->noutcomes)
		fprintf(out, "  never returns\n");
}

static bool show_function(struct program *p, size_t n, const struct rules *r, const char *name,
			  FILE *out)
{
	struct check_options opt = { 0 };
	struct finding_list none;
	bool found = false;

	finding_list_init(&none);
	for (size_t i = 0; i < n; i++) {
		struct engine *e = p->units[i];
		struct check_run run = { .e = e, .m = e->m, .r = r, .out = &none, .opt = &opt };
		const struct func_info *fi = engine_func(e, name);

		/* Once, where it is defined; or where it is declared, if something is
		 * known of it all the same. */
		if (!fi || (fi->def ? fi->def->unit != e || fi->def->func != fi->index :
			    found || (fi->target ? !!fi->target->unit : !fi->rule)))
			continue;
		found = true;
		run.a = arena_new();
		engine_begin(e);
		print_function(&run, fi, out);
		arena_free(run.a);
	}
	finding_list_free(&none);
	return found;
}

void checks_show(const struct kir_module *const *modules, size_t n, const struct rules *r,
		 const struct check_options *opt, const char *const *names, size_t nnames,
		 bool *found, FILE *out)
{
	struct program *p = checks_link(modules, n, r, opt);
	uint32_t *wanted = NULL;
	size_t nwanted = 0, cap = 0;

	for (size_t i = 0; i < n * nnames; i++) {
		const struct func_info *fi = engine_func(p->units[i % n], names[i / n]);

		if (fi && fi->def)
			vec_push(wanted, nwanted, cap) = fi->def->id;
	}
	program_solve(p, wanted, nwanted, NULL);
	for (size_t i = 0; i < nnames; i++)
		found[i] = show_function(p, n, r, names[i], out);
	free(wanted);
	program_free(p);
}
