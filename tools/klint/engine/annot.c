/* SPDX-License-Identifier: MIT */
/*
 * Annotations on a function: what it says of itself that it needs and does.
 */
#include "solver.h"

#include <string.h>

/* `$1->lock`, `&dev->lock`, `lock`: what an annotation on a declaration names. */
static sym parse_place(struct solver *sv, const struct kir_func *f, const char *text,
		       const struct call_args *c, const struct state *s)
{
	struct symtab *t = sv->e->t;
	bool arrow = false;
	sym at = SYM_NONE, value = SYM_NONE;

	text += strspn(text, "& (");
	while (*text) {
		size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
		char name[128];

		if (!n || n >= sizeof(name))
			return SYM_NONE;
		memcpy(name, text, n);
		name[n] = '\0';
		text += n;
		if (at == SYM_NONE && value == SYM_NONE) {
			for (uint32_t i = 0; i < f->param_count && value == SYM_NONE; i++)
				if (!strcmp(kir_string(sv->e->m, sv->e->m->vars[f->param_first + i].name), name))
					value = i < c->n ? c->args[i] : SYM_NONE;
			if (value == SYM_NONE)
				at = sym_atom(t, S_GLOBAL, sym_name(t, name));
		} else {
			if (arrow)
				at = value != SYM_NONE ? value : eval_load(sv, s, at);
			at = sym_field(t, at != SYM_NONE ? at : value, sym_name(t, name));
			value = SYM_NONE;
		}
		while (*text == ' ' || *text == ')')
			text++;
		arrow = text[0] == '-' && text[1] == '>';
		if (arrow)
			text += 2;
		else if (*text == '.')
			text++;
		else if (*text)
			return SYM_NONE;
	}
	if (value != SYM_NONE)
		return value;
	/* `lock` that is a global object means the object; `*p` is not written. */
	return at;
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
