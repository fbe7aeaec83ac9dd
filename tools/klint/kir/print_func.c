/* SPDX-License-Identifier: MIT */
/* Printing functions: head, locals, blocks. */
#include "text.h"
#include "base/base.h"

/* Variables of equal names are told apart by how many came before. */
static uint32_t *number_vars(const struct kir_module *m, const struct kir_func *f)
{
	uint32_t n = f->param_count + f->local_count;
	uint32_t *nth = xcalloc(n, sizeof(*nth));
	struct strmap *seen = strmap_new();

	for (uint32_t i = 0; i < n; i++) {
		uint32_t var = i < f->param_count ? f->param_first + i
						  : f->local_first + i - f->param_count;
		const char *name = kir_string(m, m->vars[var].name);
		uint32_t before = strmap_get(seen, name);

		nth[i] = before == UINT32_MAX ? 0 : before + 1;
		strmap_set(seen, name, nth[i]);
	}
	strmap_free(seen);
	return nth;
}

static void put_decl(struct kir_printer *p, uint32_t nr, const struct kir_var *v)
{
	putc('%', p->out);
	kir_put_name(p, v->name);
	if (p->nth[nr])
		fprintf(p->out, ".%u", p->nth[nr]);
	fputs(": ", p->out);
	kir_put_type(p, &v->type);
	kir_put_loc(p, " at ", v->loc);
}

static void put_args(const struct kir_printer *p, const struct kir_event *e)
{
	putc('(', p->out);
	for (uint32_t i = 0; i < e->arg_count; i++) {
		fputs(i ? ", " : "", p->out);
		kir_put_value(p, p->m->args[e->arg_first + i]);
	}
	putc(')', p->out);
}

static void put_call(const struct kir_printer *p, const struct kir_event *e)
{
	fputs(e->kind == KIR_E_CALL ? "call " : "macro ", p->out);
	if (e->dst != KIR_NONE) {
		kir_put_value(p, e->dst);
		fputs(" = ", p->out);
	}
	if (e->kind == KIR_E_CALL)
		kir_put_callee(p, e->callee);
	else
		kir_put_name(p, p->m->values[e->callee].a);
	put_args(p, e);
}

static void put_mark(const struct kir_printer *p, const char *word, kir_id dst)
{
	fputs(word, p->out);
	if (dst != KIR_NONE) {
		putc(' ', p->out);
		kir_put_value(p, dst);
	}
}

static void put_event(struct kir_printer *p, const struct kir_event *e)
{
	static const char *const marks[KIR_E_NKINDS] = {
		[KIR_E_STORE] = "store", [KIR_E_COPY] = "copy", [KIR_E_BEGIN] = "begin",
		[KIR_E_END] = "end", [KIR_E_ASM] = "asm",
	};

	fputs("  ", p->out);
	if (e->kind == KIR_E_CALL || e->kind == KIR_E_MACRO) {
		put_call(p, e);
	} else {
		put_mark(p, marks[e->kind], e->dst);
		if (e->value != KIR_NONE) {
			fputs(" = ", p->out);
			kir_put_value(p, e->value);
		}
	}
	if (e->record != KIR_NONE) {
		fputs(" as ", p->out);
		kir_put_name(p, p->m->records[e->record].name);
	}
	kir_put_words(p, kir_event_words, e->flags);
	kir_put_loc(p, " at ", e->loc);
	putc('\n', p->out);
}

static void put_cases(const struct kir_printer *p, const struct kir_block *b)
{
	fputs(" {", p->out);
	for (uint32_t i = 0; i < b->succ_count; i++) {
		const struct kir_succ *s = &p->m->succs[b->succ_first + i];

		fputs(i ? ", " : " ", p->out);
		if (s->is_default)
			fputs("default", p->out);
		else if (s->lo == s->hi)
			fprintf(p->out, "%lld", (long long)s->lo);
		else
			fprintf(p->out, "%lld..%lld", (long long)s->lo, (long long)s->hi);
		fprintf(p->out, ": b%u", s->block);
	}
	fputs(" }", p->out);
}

static void put_terminator(struct kir_printer *p, const struct kir_block *b)
{
	static const char *const words[KIR_TERM_NKINDS] = {
		[KIR_TERM_GOTO] = "  goto", [KIR_TERM_JUMP] = "  jump", [KIR_TERM_BRANCH] = "  branch",
		[KIR_TERM_SWITCH] = "  switch", [KIR_TERM_CHOICE] = "  choice",
		[KIR_TERM_RETURN] = "  return", [KIR_TERM_UNREACHABLE] = "  unreachable",
	};

	put_mark(p, words[b->term], b->value);
	if (b->term == KIR_TERM_SWITCH)
		put_cases(p, b);
	else
		for (uint32_t i = 0; i < b->succ_count; i++)
			fprintf(p->out, " b%u", p->m->succs[b->succ_first + i].block);
	kir_put_loc(p, " at ", b->loc);
	putc('\n', p->out);
}

static void put_body(struct kir_printer *p, const struct kir_func *f)
{
	fputs(" {\n", p->out);
	for (uint32_t i = 0; i < f->local_count; i++) {
		fputs("  local ", p->out);
		put_decl(p, f->param_count + i, &p->m->vars[f->local_first + i]);
		putc('\n', p->out);
	}
	for (uint32_t i = 0; i < f->block_count; i++) {
		const struct kir_block *b = &p->m->blocks[f->block_first + i];

		fprintf(p->out, "b%u:\n", i);
		for (uint32_t j = 0; j < b->event_count; j++)
			put_event(p, &p->m->events[b->event_first + j]);
		put_terminator(p, b);
	}
	fputs("}\n", p->out);
}

static void put_params(struct kir_printer *p, const struct kir_func *f)
{
	putc('(', p->out);
	for (uint32_t i = 0; i < f->param_count; i++) {
		fputs(i ? ", " : "", p->out);
		put_decl(p, i, &p->m->vars[f->param_first + i]);
	}
	if (f->flags & KIR_F_VARIADIC)
		fputs(f->param_count ? ", ..." : "...", p->out);
	putc(')', p->out);
}

void kir_put_func(struct kir_printer *p, const struct kir_func *f)
{
	p->f = f;
	p->nth = number_vars(p->m, f);
	p->file = p->m->source;
	fputs("\nfunc ", p->out);
	kir_put_name(p, f->name);
	put_params(p, f);
	fputs(" -> ", p->out);
	kir_put_type(p, &f->ret);
	kir_put_words(p, kir_func_words, f->flags);
	if (f->section) {
		fputs(" section ", p->out);
		kir_put_string(p, f->section, '"');
	}
	if (f->flags & KIR_F_FAILED) {
		fputs(" failed ", p->out);
		kir_put_string(p, f->why, '"');
	}
	kir_put_loc(p, " at ", f->loc);
	kir_put_loc(p, " end ", f->end_loc);
	kir_put_annots(p, f->annot_first, f->annot_count);
	if (f->flags & KIR_F_DEFINED)
		put_body(p, f);
	else
		putc('\n', p->out);
	free(p->nth);
	p->nth = NULL;
	p->f = NULL;
}
