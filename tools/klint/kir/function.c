/* SPDX-License-Identifier: MIT */
/* Functions under construction: begin, variables, annotations, end or fail. */
#include "builder.h"

/* Flags that follow from what was built, or from how a function ended. */
#define KIR_F_DERIVED (KIR_F_DEFINED | KIR_F_FAILED)

static bool in_function(struct kir_builder *b, const char *what)
{
	if (!b->draft.open)
		kir_misuse(b, "%s outside of a function", what);
	return b->draft.open;
}

kir_id kir_func_begin(struct kir_builder *b, const char *name, uint32_t flags,
		      struct kir_type ret, kir_id loc, kir_id end_loc)
{
	struct kir_draft *d = &b->draft;

	if (d->open)
		kir_misuse(b, "function %s begun inside %s", name,
			   kir_builder_string(b, d->f.name));
	d->nparams = d->nlocals = d->nannots = d->nevents = 0;
	d->nblocks = d->nargs = d->nsuccs = 0;
	d->open = true;
	d->f = (struct kir_func){
		.name = kir_intern(b, name),
		.flags = flags & ~(uint32_t)KIR_F_DERIVED,
		.ret = kir_plain_type(ret),
		.loc = kir_some_loc(loc),
		.end_loc = kir_some_loc(end_loc),
	};
	return b->nfuncs;
}

void kir_func_section(struct kir_builder *b, const char *section)
{
	if (in_function(b, "a section"))
		b->draft.f.section = kir_intern(b, section);
}

void kir_func_annot(struct kir_builder *b, const char *name, const char *text, kir_id loc)
{
	struct kir_draft *d = &b->draft;

	if (!in_function(b, "an annotation"))
		return;
	vec_push(d->annots, d->nannots, d->cap_annots) = (struct kir_annot){
		kir_intern(b, name), kir_intern(b, text), kir_some_loc(loc),
	};
}

uint32_t kir_func_param(struct kir_builder *b, const char *name, struct kir_type type, kir_id loc)
{
	struct kir_draft *d = &b->draft;

	if (!in_function(b, "a parameter"))
		return 0;
	vec_push(d->params, d->nparams, d->cap_params) = (struct kir_var){
		kir_intern(b, name), kir_plain_type(type), kir_some_loc(loc),
	};
	return d->nparams - 1;
}

uint32_t kir_func_local(struct kir_builder *b, const char *name, struct kir_type type, kir_id loc)
{
	struct kir_draft *d = &b->draft;

	if (!in_function(b, "a local"))
		return 0;
	vec_push(d->locals, d->nlocals, d->cap_locals) = (struct kir_var){
		kir_intern(b, name), kir_plain_type(type), kir_some_loc(loc),
	};
	return d->nlocals - 1;
}

uint32_t kir_func_temp(struct kir_builder *b)
{
	return in_function(b, "a temporary") ? b->draft.f.temp_count++ : 0;
}

/* The function joins the module's table, its variables and annotations theirs. */
static void commit(struct kir_builder *b)
{
	struct kir_draft *d = &b->draft;

	d->f.param_first = b->nvars;
	d->f.param_count = d->nparams;
	for (uint32_t i = 0; i < d->nparams; i++)
		vec_push(b->vars, b->nvars, b->cap_vars) = d->params[i];
	d->f.local_first = b->nvars;
	d->f.local_count = d->nlocals;
	for (uint32_t i = 0; i < d->nlocals; i++)
		vec_push(b->vars, b->nvars, b->cap_vars) = d->locals[i];
	d->f.annot_first = b->nannots;
	d->f.annot_count = d->nannots;
	for (uint32_t i = 0; i < d->nannots; i++)
		vec_push(b->annots, b->nannots, b->cap_annots) = d->annots[i];
	vec_push(b->funcs, b->nfuncs, b->cap_funcs) = d->f;
	d->open = false;
}

void kir_func_end(struct kir_builder *b)
{
	if (!in_function(b, "an end"))
		return;
	b->draft.f.temp_count = 0;
	kir_flatten(b);
	/* A declaration has no use for locals. */
	if (!b->draft.nblocks)
		b->draft.nlocals = 0;
	commit(b);
}

void kir_func_fail(struct kir_builder *b, const char *why)
{
	struct kir_draft *d = &b->draft;

	if (!in_function(b, "a failure"))
		return;
	d->nlocals = d->nblocks = 0;
	d->f.temp_count = 0;
	d->f.block_first = b->nblocks;
	d->f.flags |= KIR_F_FAILED;
	d->f.why = kir_intern(b, why && *why ? why : "no reason given");
	commit(b);
}

void kir_draft_free(struct kir_draft *d)
{
	free(d->params);
	free(d->locals);
	free(d->annots);
	free(d->events);
	free(d->blocks);
	free(d->args);
	free(d->succs);
}
