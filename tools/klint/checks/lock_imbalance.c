/* SPDX-License-Identifier: MIT */
/* lock-imbalance: a return with a lock held that its siblings have given back, or that
 * nobody above knows of. */
#include "imbalance.h"

static const char *returned(struct check_run *run, const struct cons *ret)
{
	if (ret->has_eq)
		return arena_printf(run->a, " %lld", (long long)ret->eq);
	if (ret->mask == C_ERR)
		return " an error";
	return ret->mask == C_ZERO ? " 0" : "";
}

void word_imbalance(struct draft *d, const struct violation *v, const char *more,
		    const char *less)
{
	struct check_run *run = d->run;
	const char *value = returned(run, &v->ret), *what = v->depth > 0 ? more : less;

	draft_step(d, STEP_BREAK, v->func, place_of(run, v->loc),
		   arena_printf(run->a, "returns%s %s", value, what));
	if (v->sibling != KIR_NONE)
		draft_step(d, STEP_NOTE, v->func, place_of(run, v->sibling), v->sibling == v->loc ?
			   "on another path the same return is balanced" :
			   "this return is balanced");
	d->f.message = arena_printf(run->a, "%s() returns%s %s", func_name(run, v->func), value,
				    what);
	d->f.key = arena_printf(run->a, "%s %s", d->f.lint, what);
	draft_end(d);
}

static bool violation(struct check_run *run, const struct violation *v)
{
	const char *name;
	struct draft d;

	if (v->kind != V_IMBALANCE || v->lock == SYM_NONE)
		return false;
	draft_begin(&d, run, "lock-imbalance", v);
	name = explain_lock(run, v->func, v->lock, v->lock_kind);
	if (v->entry)
		explain_context(&d, v);
	if (v->depth > 0)
		explain_taken(&d, v->func, v->cause, v->lock, v->lock_kind);
	else if (v->cause != ORIGIN_NONE)
		draft_step(&d, STEP_CONTEXT, v->func, place_at(run, v->cause),
			   arena_printf(run->a, "releases %s", name));
	word_imbalance(&d, v, arena_printf(run->a, "with %s still held", name),
		       arena_printf(run->a, "after releasing %s, which it has not taken", name));
	return true;
}

const struct check check_lock_imbalance = {
	.info = { .id = "lock-imbalance", .severity = SEV_WARNING,
		  .summary = "a return with a lock held that other returns have released" },
	.violation = violation,
};
