/* SPDX-License-Identifier: MIT */
/* Values as people write them in C, for the text of findings. */
#include "text.h"

struct pretty {
	const struct kir_module *m;
	const struct kir_func *f;
	char *buf;
	size_t len, used;	/* used < len: the terminator always fits */
};

static void put(struct pretty *p, const char *s)
{
	while (*s && p->used + 1 < p->len)
		p->buf[p->used++] = *s++;
}

static void put_number(struct pretty *p, const char *fmt, long long n)
{
	char text[32];

	snprintf(text, sizeof(text), fmt, n);
	put(p, text);
}

static void put_value(struct pretty *p, kir_id v, bool nested);

static void put_string(struct pretty *p, const char *s)
{
	put(p, "\"");
	for (; *s; s++) {
		char c[2] = {*s, '\0'};

		if (*s == '"' || *s == '\\')
			put(p, "\\");
		put(p, *s == '\n' ? "\\n" : *s == '\t' ? "\\t" : (unsigned char)*s < 0x20 ? "?" : c);
	}
	put(p, "\"");
}

/* The base of a postfix operator: prefix operators in parentheses. */
static void put_base(struct pretty *p, kir_id v)
{
	uint8_t kind = p->m->values[v].kind;
	bool prefix = kind == KIR_V_DEREF || kind == KIR_V_ADDR;

	put(p, prefix ? "(" : "");
	put_value(p, v, true);
	put(p, prefix ? ")" : "");
}

static void put_field(struct pretty *p, const struct kir_value *v)
{
	const struct kir_value *base = &p->m->values[v->a];
	const char *name = kir_string(p->m, v->b);
	kir_id from = v->a;

	/* Members of an anonymous member are written as if they were outside. */
	while (base->kind == KIR_V_FIELD && !*kir_string(p->m, base->b)) {
		from = base->a;
		base = &p->m->values[from];
	}
	if (!*name) {
		put_value(p, from, true);
		return;
	}
	put_base(p, base->kind == KIR_V_DEREF ? base->a : from);
	put(p, base->kind == KIR_V_DEREF ? "->" : ".");
	put(p, name);
}

static void put_op(struct pretty *p, const struct kir_value *v, bool nested)
{
	char sign[4];

	snprintf(sign, sizeof(sign), "%s", kir_op_sign(v->op));
	sign[strcspn(sign, "u")] = '\0';	/* people know the types */
	if (v->b == KIR_NONE) {
		put(p, sign);
		put_value(p, v->a, true);
		return;
	}
	put(p, nested ? "(" : "");
	put_value(p, v->a, true);
	put(p, " ");
	put(p, sign);
	put(p, " ");
	put_value(p, v->b, true);
	put(p, nested ? ")" : "");
}

static void put_container(struct pretty *p, const struct kir_value *v)
{
	put(p, "container_of(");
	put_value(p, v->a, false);
	put(p, ", ");
	put(p, p->m->records[v->c].flags & KIR_R_UNION ? "union " : "struct ");
	put(p, kir_string(p->m, p->m->records[v->c].name));
	put(p, ", ");
	put(p, kir_string(p->m, v->b));
	put(p, ")");
}

static void put_var(struct pretty *p, const struct kir_value *v)
{
	const struct kir_func *f = p->f;
	bool param = v->kind == KIR_V_PARAM;
	kir_str name = 0;

	if (f && v->a < (param ? f->param_count : f->local_count))
		name = p->m->vars[(param ? f->param_first : f->local_first) + v->a].name;
	if (*kir_string(p->m, name))
		put(p, kir_string(p->m, name));
	else
		put_number(p, param ? "$%lld" : "<local %lld>", (long long)v->a + 1);
}

/* The call or macro that gives @temp its value, or NULL. */
static const struct kir_event *find_source(const struct pretty *p, kir_id temp)
{
	for (uint32_t i = 0; p->f && i < p->f->block_count; i++) {
		const struct kir_block *b = &p->m->blocks[p->f->block_first + i];

		for (uint32_t j = 0; j < b->event_count; j++) {
			const struct kir_event *e = &p->m->events[b->event_first + j];

			if (e->dst == temp && (e->kind == KIR_E_CALL || e->kind == KIR_E_MACRO))
				return e;
		}
	}
	return NULL;
}

static void put_temp(struct pretty *p, kir_id id)
{
	const struct kir_event *e = find_source(p, id);

	if (e && p->m->values[e->callee].kind == KIR_V_FUNC) {
		put(p, kir_string(p->m, p->m->values[e->callee].a));
		put(p, e->arg_count ? "(...)" : "()");
	} else {
		put(p, "<result>");
	}
}

static void put_value(struct pretty *p, kir_id id, bool nested)
{
	const struct kir_value *v = &p->m->values[id];

	if (p->used + 1 >= p->len)
		return;
	switch (v->kind) {
	case KIR_V_OPAQUE: put(p, "<unknown>"); break;
	case KIR_V_INT: put_number(p, "%lld", v->imm); break;
	case KIR_V_NULL: put(p, "NULL"); break;
	case KIR_V_STR: put_string(p, kir_string(p->m, v->a)); break;
	case KIR_V_PARAM:
	case KIR_V_LOCAL: put_var(p, v); break;
	case KIR_V_GLOBAL:
	case KIR_V_FUNC: put(p, kir_string(p->m, v->a)); break;
	case KIR_V_TEMP: put_temp(p, id); break;
	case KIR_V_FIELD: put_field(p, v); break;
	case KIR_V_DEREF:
		put(p, "*");
		put_value(p, v->a, true);
		break;
	case KIR_V_INDEX:
		put_base(p, v->a);
		put(p, "[");
		put_value(p, v->b, false);
		put(p, "]");
		break;
	case KIR_V_ADDR:
		put(p, "&");
		put_value(p, v->a, true);
		break;
	case KIR_V_CONTAINER: put_container(p, v); break;
	case KIR_V_OP: put_op(p, v, nested); break;
	}
}

const char *kir_pretty(const struct kir_module *m, const struct kir_func *f,
		       kir_id v, char *buf, size_t len)
{
	struct pretty p = {.m = m, .f = f, .buf = buf, .len = len};

	if (!len)
		return buf;
	if (v < m->nvalues)
		put_value(&p, v, false);
	buf[p.used] = '\0';
	return buf;
}
