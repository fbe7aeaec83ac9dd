/* SPDX-License-Identifier: MIT */
/* Parsing functions: head, locals, blocks. */
#include "parse.h"

#include <stdio.h>

/* A parameter waits until the head is read to its end. */
struct param {
	const char *name;
	struct kir_type type;
	kir_id loc;
	struct param *next;
};

/* What a function's body is about, beside the parser. */
struct body {
	uint32_t current;	/* the block that statements go to, or KIR_NONE */
	kir_id args[256];	/* of the call that is being parsed */
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

/* The block "bN", made if need be. */
static uint32_t parse_block(struct kir_parser *p)
{
	const char *at;
	uint32_t nr;

	kir_skip_blank(p);
	at = p->at;
	if (kir_peek(p) != 'b')
		kir_fail_at(p, at, "expected a block, like b0");
	p->at++;
	/* Each block needs a label, so the text bounds their number. */
	nr = kir_take_u32(p, "block", (uint32_t)(p->end - p->start) / 3);
	while (p->nlabels <= nr) {
		kir_block(p->b);
		vec_push(p->labels, p->nlabels, p->cap_labels) = (struct kir_label){0};
	}
	if (!p->labels[nr].used)
		p->labels[nr].used = at;
	return nr;
}

static uint32_t parse_args(struct kir_parser *p, struct body *body)
{
	const uint32_t max = sizeof(body->args) / sizeof(*body->args);
	uint32_t n = 0;

	kir_expect(p, "(");
	if (kir_take(p, ")"))
		return 0;
	do {
		if (n == max)
			kir_fail_at(p, p->at, "more than %u arguments", max);
		body->args[n++] = kir_parse_value(p);
	} while (kir_take(p, ","));
	kir_expect(p, ")");
	return n;
}

/* "$3 =", if that is next. */
static kir_id parse_result(struct kir_parser *p)
{
	const char *at;
	kir_id temp;

	kir_skip_blank(p);
	at = p->at;
	if (kir_peek(p) != '$')
		return KIR_NONE;
	temp = kir_parse_temp(p);
	if (kir_take(p, "="))
		return temp;
	p->at = at;	/* a call through a temporary */
	return KIR_NONE;
}

static kir_id parse_record(struct kir_parser *p)
{
	return kir_take_word(p, "as") ? kir_record(p->b, kir_take_name(p)) : KIR_NONE;
}

static uint8_t parse_event_flags(struct kir_parser *p)
{
	uint32_t flags = 0, flag;

	while ((flag = kir_parse_word(p, kir_event_words)))
		flags |= flag;
	return (uint8_t)flags;
}

static void parse_call(struct kir_parser *p, struct body *body)
{
	kir_id dst = parse_result(p), callee, record;
	uint32_t n;
	uint8_t flags;

	callee = kir_at_name(p) ? kir_v_func(p->b, kir_take_name(p)) : kir_parse_value(p);
	n = parse_args(p, body);
	record = parse_record(p);
	flags = parse_event_flags(p);
	kir_e_call(p->b, body->current, dst, callee, record, body->args, n, flags,
		   kir_parse_loc(p, "at"));
}

static void parse_macro(struct kir_parser *p, struct body *body)
{
	kir_id dst = parse_result(p);
	const char *name = kir_take_name(p);
	uint32_t n = parse_args(p, body);

	kir_e_macro(p->b, body->current, dst, name, body->args, n, kir_parse_loc(p, "at"));
}

static void parse_store(struct kir_parser *p, struct body *body)
{
	kir_id dst = kir_parse_value(p), v;
	uint8_t flags;

	kir_expect(p, "=");
	v = kir_parse_value(p);
	flags = parse_event_flags(p);
	kir_e_store(p->b, body->current, dst, v, flags, kir_parse_loc(p, "at"));
}

static void parse_copy(struct kir_parser *p, struct body *body)
{
	kir_id dst = kir_parse_value(p), v, record;
	uint8_t flags;

	kir_expect(p, "=");
	v = kir_parse_value(p);
	record = parse_record(p);
	flags = parse_event_flags(p);
	kir_e_copy(p->b, body->current, dst, v, record, flags, kir_parse_loc(p, "at"));
}

static kir_id parse_local(struct kir_parser *p)
{
	const char *at;
	kir_id v;

	kir_skip_blank(p);
	at = p->at;
	v = kir_parse_value(p);
	if (kir_builder_value(p->b, v)->kind != KIR_V_LOCAL)
		kir_fail_at(p, at, "expected a local");
	return v;
}

static void parse_begin(struct kir_parser *p, struct body *body)
{
	kir_id local = parse_local(p);

	kir_e_begin(p->b, body->current, local, kir_parse_loc(p, "at"));
}

static void parse_end(struct kir_parser *p, struct body *body)
{
	kir_id local = parse_local(p);

	kir_e_end(p->b, body->current, local, kir_parse_loc(p, "at"));
}

/* A value that may be missing. */
static kir_id parse_optional(struct kir_parser *p)
{
	int c;

	if (kir_at_word(p, "null") || kir_at_word(p, "container"))
		return kir_parse_value(p);
	c = kir_peek(p);
	if (c < 0 || c == '\n' || c == '#' || c == '/' || kir_is_word_start(c))
		return KIR_NONE;
	return kir_parse_value(p);
}

static void parse_asm(struct kir_parser *p, struct body *body)
{
	kir_id dst = parse_optional(p);

	kir_e_asm(p->b, body->current, dst, kir_parse_loc(p, "at"));
}

static void parse_goto(struct kir_parser *p, struct body *body)
{
	uint32_t to = parse_block(p);

	kir_t_goto(p->b, body->current, to, kir_parse_loc(p, "at"));
}

static void parse_branch(struct kir_parser *p, struct body *body)
{
	kir_id v = kir_parse_value(p);
	uint32_t yes = parse_block(p), no = parse_block(p);

	kir_t_branch(p->b, body->current, v, yes, no, kir_parse_loc(p, "at"));
}

static struct kir_succ parse_case(struct kir_parser *p)
{
	struct kir_succ s = {0};
	const char *at;

	kir_skip_blank(p);
	at = p->at;
	if (kir_take_word(p, "default")) {
		s.is_default = 1;
	} else {
		s.lo = s.hi = kir_take_int(p);
		if (kir_take(p, ".."))
			s.hi = kir_take_int(p);
		if (s.lo > s.hi)
			kir_fail_at(p, at, "an empty range of cases");
	}
	kir_expect(p, ":");
	s.block = parse_block(p);
	return s;
}

static void parse_switch(struct kir_parser *p, struct body *body)
{
	struct kir_succ *list = NULL;
	uint32_t n = 0, cap = 0;
	kir_id v = kir_parse_value(p);

	kir_expect(p, "{");
	do {
		/* In the arena: a mistake in the next case frees it. */
		if (n == cap) {
			struct kir_succ *old = list;

			cap = cap ? cap * 2 : 8;
			list = arena_alloc(p->names, cap * sizeof(*list));
			if (n)
				memcpy(list, old, n * sizeof(*list));
		}
		if (n && list[n - 1].is_default)
			kir_fail_at(p, p->at, "default comes last");
		list[n++] = parse_case(p);
	} while (kir_take(p, ","));
	kir_expect(p, "}");
	kir_t_switch(p->b, body->current, v, list, n, kir_parse_loc(p, "at"));
}

static void parse_choice(struct kir_parser *p, struct body *body)
{
	uint32_t *to = arena_alloc(p->names, 16 * sizeof(*to)), n = 0, cap = 16;

	do {
		if (n == cap) {
			uint32_t *more = arena_alloc(p->names, cap * 2 * sizeof(*to));

			to = memcpy(more, to, n * sizeof(*to));
			cap *= 2;
		}
		to[n++] = parse_block(p);
		kir_skip_blank(p);
	} while (kir_peek(p) == 'b');
	kir_t_choice(p->b, body->current, to, n, kir_parse_loc(p, "at"));
}

static void parse_return(struct kir_parser *p, struct body *body)
{
	kir_id v = parse_optional(p);

	kir_t_return(p->b, body->current, v, kir_parse_loc(p, "at"));
}

static void parse_unreachable(struct kir_parser *p, struct body *body)
{
	kir_t_unreachable(p->b, body->current, kir_parse_loc(p, "at"));
}

static const struct statement {
	const char *word;
	void (*parse)(struct kir_parser *p, struct body *body);
} statements[] = {
	{"call", parse_call}, {"macro", parse_macro}, {"store", parse_store},
	{"copy", parse_copy}, {"begin", parse_begin}, {"end", parse_end},
	{"asm", parse_asm}, {"goto", parse_goto}, {"branch", parse_branch},
	{"switch", parse_switch}, {"choice", parse_choice}, {"return", parse_return},
	{"unreachable", parse_unreachable},
};

static const struct statement *take_statement(struct kir_parser *p)
{
	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++)
		if (kir_take_word(p, statements[i].word))
			return &statements[i];
	return NULL;
}

static void need_terminator(struct kir_parser *p, const struct body *body)
{
	if (body->current != KIR_NONE && !kir_block_is_terminated(p->b, body->current))
		kir_fail_at(p, p->at, "b%u does not end in goto, branch, switch, choice, "
			    "return or unreachable", body->current);
}

static void parse_label(struct kir_parser *p, struct body *body)
{
	const char *at = p->at;

	need_terminator(p, body);
	body->current = parse_block(p);
	if (p->labels[body->current].placed)
		kir_fail_at(p, at, "a second b%u", body->current);
	p->labels[body->current].placed = true;
	kir_expect(p, ":");
}

static void parse_line(struct kir_parser *p, struct body *body)
{
	const char *at = p->at;
	const struct statement *s = take_statement(p);

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
	struct body *body = arena_alloc(p->names, sizeof(*body));

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
