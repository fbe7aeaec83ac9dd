/* SPDX-License-Identifier: MIT */
/*
 * Annotations.  A function says what it needs and does; a field, what whoever reads
 * or writes it must hold.
 */
#include "solver.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define WORD "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"

/* The identifier at @text goes to @name; what stands behind it is returned, NULL when
 * there is none. */
static const char *first_word(const char *text, char name[128])
{
	size_t n;

	text += strspn(text, "& (");
	n = strspn(text, WORD);
	if (!n || n >= 128)
		return NULL;
	memcpy(name, text, n);
	name[n] = '\0';
	return text + n;
}

/* Follow `->lock`, `.lock` from a place at @at, or from a pointer that is @value. */
static sym follow(struct solver *sv, const struct state *s, const char *text, sym at, sym value)
{
	struct symtab *t = sv->e->t;
	char name[128];

	for (;;) {
		bool arrow;

		text += strspn(text, " )");
		if (!*text || *text == ',')	/* `lock` that is an object means the object */
			return value != SYM_NONE ? value : at;
		arrow = text[0] == '-' && text[1] == '>';
		if (!arrow && *text != '.')
			return SYM_NONE;
		text = first_word(text + (arrow ? 2 : 1), name);
		if (!text)
			return SYM_NONE;
		if (value != SYM_NONE)
			at = value;
		else if (arrow)
			at = eval_load(sv, s, at);
		at = sym_field(t, at, sym_name(t, name));
		value = SYM_NONE;
	}
}

/* `&dev->lock`, `lock`: what an annotation on a function names. */
static sym parse_place(struct solver *sv, const struct kir_func *f, const char *text,
		       const struct call_args *c, const struct state *s)
{
	char name[128];

	text = first_word(text, name);
	if (!text)
		return SYM_NONE;
	for (uint32_t i = 0; i < f->param_count && i < c->n; i++)
		if (!strcmp(kir_string(sv->e->m, sv->e->m->vars[f->param_first + i].name), name))
			return follow(sv, s, text, SYM_NONE, c->args[i]);
	return follow(sv, s, text, unit_global(sv->e, name), SYM_NONE);
}

bool annots_say(const struct solver *sv, enum rule_effect_kind kind)
{
	for (uint32_t i = 0; i < sv->f->annot_count; i++) {
		const struct kir_annot *an = &sv->e->m->annots[sv->f->annot_first + i];
		const struct rule *rule = rules_find_annotation(sv->e->rules,
								kir_string(sv->e->m, an->name));

		for (uint32_t k = 0; rule && k < rule->neffects; k++)
			if (rule->effects[k].kind == kind)
				return true;
	}
	return false;
}

void annots_apply(struct solver *sv, struct work_state *w, const struct kir_func *f,
			      struct call_args *c, bool changes)
{
	for (uint32_t i = 0; i < f->annot_count; i++) {
		const struct kir_annot *an = &sv->e->m->annots[f->annot_first + i];
		const struct rule *rule = rules_find_annotation(sv->e->rules,
								kir_string(sv->e->m, an->name));
		sym lock;
		struct call_args one;

		if (!rule)
			continue;
		lock = parse_place(sv, f, kir_string(sv->e->m, an->text), c, &w->s);
		if (lock == SYM_NONE)
			lock = sym_atom(sv->e->t, S_OLD, c->at);
		one = (struct call_args){ .args = &lock, .n = 1, .ret = SYM_NONE, .at = c->at };
		for (uint32_t k = 0; k < rule->neffects; k++) {
			if (changes)
				rule_change(sv, w, &rule->effects[k], &one);
			else
				rule_need(sv, w, rule, &rule->effects[k], &one, false);
		}
	}
}

/* The rule by which somebody must hold something, or NULL. */
static const struct rule *guard_of(const struct engine *e, const struct kir_annot *an)
{
	const struct rule *rule = rules_find_annotation(e->rules, kir_string(e->m, an->name));

	for (uint32_t k = 0; rule && k < rule->neffects; k++)
		if (rule->effects[k].kind == EFFECT_REQUIRE)
			return rule;
	return NULL;
}

static const struct kir_annot *field_guard(const struct engine *e, const struct kir_field *fd)
{
	for (uint32_t i = 0; i < fd->annot_count; i++)
		if (guard_of(e, &e->m->annots[fd->annot_first + i]))
			return &e->m->annots[fd->annot_first + i];
	return NULL;
}

static const struct kir_field *find_field(const struct kir_module *m, kir_id record,
					  const char *name)
{
	const struct kir_record *r = &m->records[record];

	for (uint32_t i = 0; i < r->field_count; i++)
		if (!strcmp(kir_string(m, m->fields[r->field_first + i].name), name))
			return &m->fields[r->field_first + i];
	return NULL;
}

void annots_index_fields(struct engine *e)
{
	const struct kir_module *m = e->m;
	bool *guarded = xcalloc(m->nrecords + 1u, sizeof(*guarded));
	bool any = false;

	for (uint32_t r = 0; r < m->nrecords; r++)
		for (uint32_t i = 0; i < m->records[r].field_count && !guarded[r]; i++)
			any |= guarded[r] = field_guard(e, &m->fields[m->records[r].field_first + i]);
	if (any)
		e->guarded = xcalloc(m->nvalues, sizeof(*e->guarded));
	for (uint32_t v = 0; any && v < m->nvalues; v++) {
		const struct kir_value *n = &m->values[v];
		const struct kir_field *fd;

		if (n->kind != KIR_V_FIELD || n->c == KIR_NONE || !guarded[n->c])
			continue;
		fd = find_field(m, n->c, kir_string(m, n->b));
		if (fd)
			e->guarded[v] = field_guard(e, fd);
	}
	free(guarded);
}

/* What the annotation of a field of the object at @base names: a neighbour, or a
 * variable of the file. */
static sym parse_neighbour(struct solver *sv, const struct state *s, const char *text,
			   kir_id record, sym base)
{
	struct symtab *t = sv->e->t;
	bool address = text[strspn(text, " (")] == '&';
	const struct kir_field *fd;
	const char *rest;
	char name[128];
	sym at;

	rest = first_word(text, name);
	if (!rest)
		return SYM_NONE;
	fd = find_field(sv->e->m, record, name);
	if (!fd && strmap_get(sv->e->globals, name) != UINT32_MAX)
		return follow(sv, s, rest, unit_global(sv->e, name), SYM_NONE);
	at = sym_field(t, base, sym_name(t, name));
	rest += strspn(rest, " )");
	if (fd && fd->type.kind == KIR_T_PTR && !address && (!*rest || *rest == ','))
		return eval_load(sv, s, at);	/* a pointer to the lock */
	return follow(sv, s, rest, at, SYM_NONE);
}

static void access_field(struct solver *sv, struct work_state *w, kir_id place, bool write,
			 origin at)
{
	const struct kir_value *v = &sv->e->m->values[place];
	const struct kir_annot *an = sv->e->guarded[place];
	const char *text = kir_string(sv->e->m, an->text);
	struct need n = { .kind = NEED_HELD, .rule = guard_of(sv->e, an), .callee = KIR_NONE,
			  .guarded = sym_name(sv->e->t, kir_string(sv->e->m, v->b)) };
	struct call_args one = { .n = 1, .ret = SYM_NONE, .at = at };
	sym base;

	if (strchr(text, ',') && !write)
		return;		/* any of several is enough to read */
	base = eval_addr(sv, w, v->a);
	n.lock = sym_atom(sv->e->t, S_PARAM, 0);
	for (; text; text = strchr(text, ',')) {
		sym lock;

		text += *text == ',';
		lock = parse_neighbour(sv, &w->s, text, v->c, base);
		one.args = &lock;
		if (lock != SYM_NONE)
			need_apply(sv, w, &n, &one, KIR_NONE, false);
	}
}

static void access_value(struct solver *sv, struct work_state *w, kir_id v, origin at);

/* What is read to get at the place; with @accessed the place itself is, too. */
static void access_place(struct solver *sv, struct work_state *w, kir_id place, bool accessed,
			 bool write, origin at)
{
	const struct kir_value *v = &sv->e->m->values[place];

	switch (v->kind) {
	case KIR_V_FIELD:
		if (accessed && sv->e->guarded[place])
			access_field(sv, w, place, write, at);
		access_place(sv, w, v->a, accessed, write, at);
		break;
	case KIR_V_INDEX:
		access_place(sv, w, v->a, accessed, write, at);
		access_value(sv, w, v->b, at);
		break;
	case KIR_V_DEREF:
		access_value(sv, w, v->a, at);
		break;
	default:
		break;
	}
}

/* A volatile read is one that does without the lock, and says so. */
static void access_value(struct solver *sv, struct work_state *w, kir_id id, origin at)
{
	const struct kir_value *v;

	if (id == KIR_NONE)
		return;
	v = &sv->e->m->values[id];
	switch (v->kind) {
	case KIR_V_FIELD: case KIR_V_INDEX: case KIR_V_DEREF:
		access_place(sv, w, id, true, false, at);
		break;
	case KIR_V_ADDR:
		access_place(sv, w, v->a, false, false, at);
		break;
	case KIR_V_CONTAINER:
		access_value(sv, w, v->a, at);
		break;
	case KIR_V_OP:
		if (v->op == KIR_OP_ONCE) {
			access_place(sv, w, v->a, false, false, at);
			break;
		}
		access_value(sv, w, v->a, at);
		access_value(sv, w, v->b, at);
		break;
	default:
		break;
	}
}

/* Does the callee look at, or change, what its argument @i points to? */
static bool touches(struct engine *e, const struct kir_event *ev, uint32_t i, bool *write)
{
	const struct func_info *fi = ev->kind == KIR_E_CALL ? engine_named(e, ev->callee) : NULL;
	const struct summary *sum;

	if (!fi || fi->rule || i >= 64)
		return false;
	sum = func_summary(e, fi);
	if (!sum)
		return false;
	*write = sum->writes >> i & 1;
	return *write || (sum->derefs >> i & 1);
}

void annots_access(struct solver *sv, struct work_state *w, uint32_t at)
{
	const struct kir_event *ev = &sv->e->m->events[at];
	const struct kir_module *m = sv->e->m;
	bool write;

	if (!sv->e->guarded)
		return;
	switch (ev->kind) {
	case KIR_E_CALL: case KIR_E_MACRO:
		access_value(sv, w, ev->callee, at);
		for (uint32_t i = 0; i < ev->arg_count; i++) {
			kir_id arg = m->args[ev->arg_first + i];

			access_value(sv, w, arg, at);
			if (m->values[arg].kind == KIR_V_ADDR && touches(sv->e, ev, i, &write))
				access_place(sv, w, m->values[arg].a, true, write, at);
		}
		break;
	case KIR_E_STORE:
		access_value(sv, w, ev->value, at);
		access_place(sv, w, ev->dst, true, true, at);
		break;
	case KIR_E_COPY:
		access_place(sv, w, ev->value, true, false, at);
		access_place(sv, w, ev->dst, true, true, at);
		break;
	case KIR_E_ASM:
		if (ev->dst != KIR_NONE)
			access_place(sv, w, ev->dst, true, true, at);
		break;
	default:
		break;
	}
}

void annots_access_end(struct solver *sv, struct work_state *w, uint32_t block)
{
	if (sv->e->guarded)
		access_value(sv, w, sv->e->m->blocks[block].value, ORIGIN_BLOCK + block);
}
