/* SPDX-License-Identifier: MIT */
/* Printing names and values; docs/kir.md has the grammar. */
#include "text.h"

static void put_escaped(FILE *out, unsigned char c, char quote)
{
	if (c == '\n')
		fputs("\\n", out);
	else if (c == '\t')
		fputs("\\t", out);
	else if (c == '\\' || c == (unsigned char)quote)
		fprintf(out, "\\%c", c);
	else if (c < 0x20 || c == 0x7f)
		fprintf(out, "\\x%02x", c);
	else
		putc(c, out);
}

void kir_put_string(const struct kir_printer *p, kir_str s, char quote)
{
	putc(quote, p->out);
	for (const char *c = kir_string(p->m, s); *c; c++)
		put_escaped(p->out, (unsigned char)*c, quote);
	putc(quote, p->out);
}

static bool is_plain(const char *s)
{
	if (!kir_is_word_start(*s))
		return false;
	while (kir_is_word_char(*s))
		s++;
	return *s == '\0';
}

void kir_put_name(const struct kir_printer *p, kir_str s)
{
	if (is_plain(kir_string(p->m, s)))
		fputs(kir_string(p->m, s), p->out);
	else
		kir_put_string(p, s, '`');
}

void kir_put_free_name(const struct kir_printer *p, kir_str s)
{
	const char *name = kir_string(p->m, s);

	if (kir_is_reserved(name, strlen(name)))
		kir_put_string(p, s, '`');
	else
		kir_put_name(p, s);
}

void kir_put_member(const struct kir_printer *p, kir_id record, kir_str field)
{
	kir_put_name(p, p->m->records[record].name);
	putc(':', p->out);
	kir_put_name(p, field);
}

static void put_var(const struct kir_printer *p, uint32_t nr, const struct kir_var *v)
{
	putc('%', p->out);
	kir_put_name(p, v->name);
	if (p->nth[nr])
		fprintf(p->out, ".%u", p->nth[nr]);
}

/* What a postfix is put behind: what is not itself one, and no atom, in
 * parentheses.  An operator brings its own. */
static void put_base(const struct kir_printer *p, kir_id v)
{
	uint8_t kind = p->m->values[v].kind;
	bool prefix = kind == KIR_V_ADDR || kind == KIR_V_FUNC;

	if (prefix)
		putc('(', p->out);
	kir_put_value(p, v);
	if (prefix)
		putc(')', p->out);
}

/* A word behind & names a function, so what starts with a word needs help. */
static bool starts_with_word(const struct kir_value *values, kir_id v)
{
	for (;;) {
		switch (values[v].kind) {
		case KIR_V_FIELD:
		case KIR_V_DEREF:
		case KIR_V_INDEX:
			v = values[v].a;
			break;
		case KIR_V_NULL:
		case KIR_V_CONTAINER:
			return true;
		default:
			return false;
		}
	}
}

static void put_addr(const struct kir_printer *p, kir_id place)
{
	putc('&', p->out);
	if (starts_with_word(p->m->values, place)) {
		putc('(', p->out);
		kir_put_value(p, place);
		putc(')', p->out);
	} else {
		put_base(p, place);
	}
}

static void put_op(const struct kir_printer *p, const struct kir_value *v)
{
	putc('(', p->out);
	if (v->b == KIR_NONE) {
		fputs(kir_op_sign(v->op), p->out);
		kir_put_value(p, v->a);
	} else {
		kir_put_value(p, v->a);
		fprintf(p->out, " %s ", kir_op_sign(v->op));
		kir_put_value(p, v->b);
	}
	putc(')', p->out);
}

static void put_postfix(const struct kir_printer *p, const struct kir_value *v)
{
	if (v->kind == KIR_V_DEREF) {
		putc('*', p->out);
	} else if (v->kind == KIR_V_FIELD) {
		putc('.', p->out);
		kir_put_member(p, v->c, v->b);
	} else {
		putc('[', p->out);
		kir_put_value(p, v->b);
		putc(']', p->out);
	}
}

static void put_container(const struct kir_printer *p, const struct kir_value *v)
{
	fputs("container(", p->out);
	kir_put_value(p, v->a);
	fputs(", ", p->out);
	kir_put_member(p, v->c, v->b);
	putc(')', p->out);
}

static void put_leaf(const struct kir_printer *p, const struct kir_value *v)
{
	switch (v->kind) {
	case KIR_V_OPAQUE:
		fprintf(p->out, "?%u", v->a);
		break;
	case KIR_V_INT:
		fprintf(p->out, "%lld", (long long)v->imm);
		break;
	case KIR_V_NULL:
		fputs("null", p->out);
		break;
	case KIR_V_STR:
		kir_put_string(p, v->a, '"');
		break;
	case KIR_V_PARAM:
		put_var(p, v->a, &p->m->vars[p->f->param_first + v->a]);
		break;
	case KIR_V_LOCAL:
		put_var(p, p->f->param_count + v->a, &p->m->vars[p->f->local_first + v->a]);
		break;
	case KIR_V_TEMP:
		fprintf(p->out, "$%u", v->a);
		break;
	default:
		putc(v->kind == KIR_V_FUNC ? '&' : '@', p->out);
		kir_put_name(p, v->a);
	}
}

void kir_put_value(const struct kir_printer *p, kir_id id)
{
	const struct kir_value *v = &p->m->values[id];

	switch (v->kind) {
	case KIR_V_FIELD:
	case KIR_V_DEREF:
	case KIR_V_INDEX:
		put_base(p, v->a);
		put_postfix(p, v);
		break;
	case KIR_V_ADDR:
		put_addr(p, v->a);
		break;
	case KIR_V_CONTAINER:
		put_container(p, v);
		break;
	case KIR_V_OP:
		put_op(p, v);
		break;
	default:
		put_leaf(p, v);
	}
}

void kir_put_callee(const struct kir_printer *p, kir_id v)
{
	if (p->m->values[v].kind == KIR_V_FUNC)
		kir_put_free_name(p, p->m->values[v].a);
	else
		kir_put_value(p, v);
}

void kir_put_path(const struct kir_printer *p, kir_id v, kir_id root)
{
	if (v == root)
		return;
	kir_put_path(p, p->m->values[v].a, root);
	put_postfix(p, &p->m->values[v]);
}
