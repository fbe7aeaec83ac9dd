/* SPDX-License-Identifier: MIT */
/* Parsing functions: head, locals, blocks. */
#include "parse.h"

/* A parameter waits until the head is read to its end. */
struct param {
	const char *name;
	struct kir_type type;
	kir_id loc;
	struct param *next;
};

static const char *parse_decl(struct kir_parser *p, struct kir_type *type, kir_id *loc,
			      uint32_t index)
{
	const char *at, *name, *key;
	uint32_t nth = 0;

	kir_expect(p, "%");
	at = p->at;
	name = kir_take_name(p);
	if (kir_peek(p) == '.') {
		p->at++;
		nth = kir_take_u32(p, "the number of a variable", KIR_MAX_VARS);
	}
	key = kir_var_key(p, name, nth);
	if (strmap_get(p->vars, key) != UINT32_MAX)
		kir_fail_at(p, at, "a second variable %s: tell them apart as %%%s.1", name, name);
	strmap_set(p->vars, key, index);
	kir_expect(p, ":");
	*type = kir_parse_type(p);
	*loc = kir_parse_loc(p, "at");
	return name;
}

/* Behind "(". */
static struct param *parse_params(struct kir_parser *p, uint32_t *flags)
{
	struct param *first = NULL, **tail = &first;

	if (kir_take(p, ")"))
		return NULL;
	do {
		if (kir_take(p, "...")) {
			*flags |= KIR_F_VARIADIC;
			break;
		}
		*tail = arena_alloc(p->names, sizeof(**tail));
		(*tail)->name = parse_decl(p, &(*tail)->type, &(*tail)->loc, p->nparams++);
		tail = &(*tail)->next;
	} while (kir_take(p, ","));
	kir_expect(p, ")");
	return first;
}

/* Returns the reason of a function that failed, or NULL. */
static const char *parse_head(struct kir_parser *p)
{
	const char *name = kir_take_name(p), *section = NULL, *why = NULL;
	struct kir_type ret;
	struct param *params;
	uint32_t flags = 0, flag;
	kir_id loc, end;

	kir_expect(p, "(");
	params = parse_params(p, &flags);
	kir_expect(p, "->");
	ret = kir_parse_type(p);
	while ((flag = kir_parse_word(p, kir_func_words)))
		flags |= flag;
	if (kir_take_word(p, "section"))
		section = kir_take_string(p);
	if (kir_take_word(p, "failed"))
		why = kir_take_string(p);
	loc = kir_parse_loc(p, "at");
	end = kir_parse_loc(p, "end");
	kir_func_begin(p->b, name, flags, ret, loc, end);
	for (; params; params = params->next)
		kir_func_param(p->b, params->name, params->type, params->loc);
	if (section)
		kir_func_section(p->b, section);
	while (kir_take_word(p, "annot"))
		kir_parse_annot(p, kir_func_annot);
	return why;
}

static void need_terminator(struct kir_parser *p, const struct kir_body *body)
{
	if (body->current != KIR_NONE && !kir_block_is_terminated(p->b, body->current))
		kir_fail_at(p, p->at, "b%u does not end in goto, jump, branch, switch, choice, "
			    "return or unreachable", body->current);
}

static void parse_label(struct kir_parser *p, struct kir_body *body)
{
	const char *at = p->at;

	need_terminator(p, body);
	body->current = kir_parse_block(p);
	if (p->labels[body->current].placed)
		kir_fail_at(p, at, "a second b%u", body->current);
	p->labels[body->current].placed = true;
	kir_expect(p, ":");
}

static void parse_line(struct kir_parser *p, struct kir_body *body)
{
	const char *at = p->at;
	const struct kir_statement *s = kir_take_statement(p);

	if (!s) {
		parse_label(p, body);
	} else if (body->current == KIR_NONE) {
		kir_fail_at(p, at, "%s outside of a block: start with b0:", s->word);
	} else if (kir_block_is_terminated(p->b, body->current)) {
		kir_fail_at(p, at, "%s behind the end of b%u: expected a label", s->word,
			    body->current);
	} else {
		kir_skip_blank(p);
		s->parse(p, body);
	}
	kir_expect_line_end(p);
}

static void parse_locals(struct kir_parser *p)
{
	struct kir_type type;
	const char *name;
	kir_id loc;

	for (uint32_t n = 0; kir_take_word(p, "local"); n++) {
		name = parse_decl(p, &type, &loc, p->nparams + n);
		kir_func_local(p->b, name, type, loc);
		kir_expect_line_end(p);
		kir_skip_lines(p);
	}
}

/* Behind "{". */
static void parse_body(struct kir_parser *p)
{
	struct kir_body *body = arena_alloc(p->names, sizeof(*body));

	body->current = KIR_NONE;
	kir_expect_line_end(p);
	kir_skip_lines(p);
	parse_locals(p);
	while (!kir_take(p, "}")) {
		if (p->at == p->end)
			kir_fail_at(p, p->at, "a function without its closing }");
		parse_line(p, body);
		kir_skip_lines(p);
	}
	need_terminator(p, body);
	if (!p->nlabels)
		kir_fail_at(p, p->at - 1, "a body without a block");
	for (uint32_t i = 0; i < p->nlabels; i++)
		if (!p->labels[i].placed)
			kir_fail_at(p, p->labels[i].used ? p->labels[i].used : p->at - 1,
				    "b%u stands nowhere in this function", i);
}

void kir_parse_func(struct kir_parser *p)
{
	const char *why;

	p->file = p->source;
	p->vars = strmap_new();
	p->nparams = p->nlabels = 0;
	p->in_function = true;
	why = parse_head(p);
	if (why)
		kir_func_fail(p->b, why);
	else if (kir_take(p, "{"))
		parse_body(p);
	if (!why)
		kir_func_end(p->b);
	strmap_free(p->vars);
	p->vars = NULL;
	p->in_function = false;
}
