/* SPDX-License-Identifier: MIT */
/*
 * The text form of a module.  Records come sorted by name, all else in the
 * order of its table, so that equal modules print equally whatever order a
 * front end met the records in.
 */
#define _GNU_SOURCE
#include "text.h"
#include "base/base.h"

void kir_put_loc(struct kir_printer *p, const char *word, kir_id id)
{
	const struct kir_loc *l = &p->m->locs[id];

	if (!l->file && !l->line && !l->col && !l->macro)
		return;
	fputs(word, p->out);
	/* The file is that of the location before, unless it is told. */
	if (strcmp(kir_string(p->m, l->file), kir_string(p->m, p->file))) {
		kir_put_string(p, l->file, '"');
		putc(':', p->out);
		p->file = l->file;
	}
	fprintf(p->out, "%u:%u", l->line, l->col);
	if (l->macro) {
		fputs(" in ", p->out);
		kir_put_name(p, l->macro);
	}
}

void kir_put_type(const struct kir_printer *p, const struct kir_type *t)
{
	bool levels = t->kind == KIR_T_PTR || t->kind == KIR_T_ARRAY;

	fputs(kir_type_words[t->kind], p->out);
	if (t->bits)
		fprintf(p->out, "%u", t->bits);
	if (levels && t->depth != 1)
		fprintf(p->out, "*%u", t->depth);
	if (t->record != KIR_NONE) {
		putc(' ', p->out);
		kir_put_free_name(p, p->m->records[t->record].name);
	}
}

void kir_put_words(const struct kir_printer *p, const struct kir_word *words, uint32_t flags)
{
	for (; words->flag; words++)
		if (flags & words->flag)
			fprintf(p->out, " %s", words->word);
}

void kir_put_annots(struct kir_printer *p, uint32_t first, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct kir_annot *a = &p->m->annots[first + i];

		fputs(" annot ", p->out);
		kir_put_name(p, a->name);
		if (*kir_string(p->m, a->text)) {
			putc('(', p->out);
			kir_put_string(p, a->text, '"');
			putc(')', p->out);
		}
		kir_put_loc(p, " at ", a->loc);
	}
}

static void put_record(struct kir_printer *p, const struct kir_record *r)
{
	p->file = p->m->source;
	fputs(r->flags & KIR_R_UNION ? "\nrecord union " : "\nrecord struct ", p->out);
	kir_put_name(p, r->name);
	kir_put_loc(p, " at ", r->loc);
	fputs(r->field_count ? " {\n" : "\n", p->out);
	for (uint32_t i = 0; i < r->field_count; i++) {
		const struct kir_field *f = &p->m->fields[r->field_first + i];

		fputs("  ", p->out);
		kir_put_name(p, f->name);
		fputs(": ", p->out);
		kir_put_type(p, &f->type);
		kir_put_annots(p, f->annot_first, f->annot_count);
		putc('\n', p->out);
	}
	if (r->field_count)
		fputs("}\n", p->out);
}

static int by_name(const void *x, const void *y, void *module)
{
	const struct kir_module *m = module;
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
	int order = strcmp(kir_string(m, m->records[a].name), kir_string(m, m->records[b].name));

	return order ? order : (a > b) - (a < b);
}

static void put_records(struct kir_printer *p)
{
	uint32_t n = p->m->nrecords;
	uint32_t *order = xcalloc(n, sizeof(*order));

	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	qsort_r(order, n, sizeof(*order), by_name, (void *)p->m);
	for (uint32_t i = 0; i < n; i++)
		put_record(p, &p->m->records[order[i]]);
	free(order);
}

/* The value that a place starts from. */
static kir_id root_of(const struct kir_value *values, kir_id v)
{
	while (values[v].kind == KIR_V_FIELD || values[v].kind == KIR_V_INDEX ||
	       values[v].kind == KIR_V_DEREF)
		v = values[v].a;
	return v;
}

static void put_init_member(const struct kir_printer *p, const struct kir_init *i)
{
	const struct kir_value *last = kir_last_member(p->m->values, i->place);
	kir_id record = last ? last->c : KIR_NONE;
	kir_str field = last ? last->b : 0;

	/* The member is nearly always the one that the place ends in. */
	if (record == i->record &&
	    !strcmp(kir_string(p->m, field), kir_string(p->m, i->field)))
		return;
	fputs(" member ", p->out);
	if (i->record == KIR_NONE)
		fputs("null:", p->out);
	else
		kir_put_free_name(p, p->m->records[i->record].name);
	if (i->record != KIR_NONE)
		putc(':', p->out);
	kir_put_name(p, i->field);
}

static void put_init(struct kir_printer *p, const struct kir_global *g, const struct kir_init *i)
{
	kir_id root = root_of(p->m->values, i->place);
	const struct kir_value *r = &p->m->values[root];

	fputs("  ", p->out);
	if (root != i->place && r->kind == KIR_V_GLOBAL &&
	    !strcmp(kir_string(p->m, r->a), kir_string(p->m, g->name)))
		kir_put_path(p, i->place, root);
	else
		kir_put_value(p, i->place);
	fputs(" = ", p->out);
	kir_put_value(p, i->value);
	put_init_member(p, i);
	kir_put_loc(p, " at ", i->loc);
	putc('\n', p->out);
}

static void put_global(struct kir_printer *p, const struct kir_global *g)
{
	p->file = p->m->source;
	fputs("\nglobal @", p->out);
	kir_put_name(p, g->name);
	fputs(": ", p->out);
	kir_put_type(p, &g->type);
	if (!(g->flags & KIR_G_DEFINED))
		fputs(" extern", p->out);
	kir_put_words(p, kir_global_words, g->flags);
	kir_put_loc(p, " at ", g->loc);
	fputs(g->init_count ? " {\n" : "\n", p->out);
	for (uint32_t i = 0; i < g->init_count; i++)
		put_init(p, g, &p->m->inits[g->init_first + i]);
	if (g->init_count)
		fputs("}\n", p->out);
}

static void put_module(struct kir_printer *p)
{
	const struct kir_module *m = p->m;

	fputs("module ", p->out);
	kir_put_string(p, m->source, '"');
	putc(' ', p->out);
	kir_put_string(p, m->producer, '"');
	putc('\n', p->out);
	for (uint32_t i = 0; i < m->nconsts; i++) {
		fputs(i ? "const " : "\nconst ", p->out);
		kir_put_name(p, m->consts[i].name);
		fprintf(p->out, " = %lld\n", (long long)m->consts[i].value);
	}
	put_records(p);
	for (uint32_t i = 0; i < m->nglobals; i++)
		put_global(p, &m->globals[i]);
	for (uint32_t i = 0; i < m->nfuncs; i++)
		kir_put_func(p, &m->funcs[i]);
}

bool kir_print(const struct kir_module *m, const char *function, FILE *out)
{
	struct kir_printer p = {.m = m, .out = out};

	if (!function) {
		put_module(&p);
		return true;
	}
	for (uint32_t i = 0; i < m->nfuncs; i++) {
		if (!strcmp(kir_string(m, m->funcs[i].name), function)) {
			kir_put_func(&p, &m->funcs[i]);
			return true;
		}
	}
	return false;
}
