/* SPDX-License-Identifier: MIT */
#include "sym.h"

#include <string.h>
#include "base/base.h"
#include "kir/kir.h"

/* Deeper expressions grow without end in loops (p = p->next): from here on they
 * are "some value", which keeps the domain finite. */
#define MAX_DEPTH 16

#define BLOCK_BITS SYM_BLOCK_BITS
#define BLOCK_NODES (1u << BLOCK_BITS)

struct symtab {
	struct sym_node **blocks;	/* first: sym_get() looks there */
	size_t nblocks, blocks_cap;
	size_t n;
	uint32_t *slots;	/* node index + 1, open addressing */
	size_t nslots;
	struct names *names;
	struct strmap *seen;	/* names that were asked for here: without a lock */
};

#define LEAST_SLOTS 4096

struct symtab *symtab_new(struct names *names)
{
	struct symtab *t = xcalloc(1, sizeof(*t));

	t->names = names;
	t->seen = strmap_new();
	t->nslots = LEAST_SLOTS;
	t->slots = xcalloc(t->nslots, sizeof(*t->slots));
	return t;
}

void symtab_free(struct symtab *t)
{
	if (!t)
		return;
	strmap_free(t->seen);
	free(t->slots);
	for (size_t i = 0; i < t->nblocks; i++)
		free(t->blocks[i]);
	free(t->blocks);
	free(t);
}

uint32_t sym_name(struct symtab *t, const char *s)
{
	uint32_t id = strmap_get(t->seen, s);

	if (id == UINT32_MAX) {
		id = names_add(t->names, s);
		strmap_set(t->seen, names_text(t->names, id), id);
	}
	return id;
}

const char *sym_name_text(const struct symtab *t, uint32_t id)
{
	return names_text(t->names, id);
}

static bool same_node(const struct sym_node *x, const struct sym_node *y)
{
	return x->kind == y->kind && x->op == y->op && x->a == y->a &&
	       x->b == y->b && x->imm == y->imm;
}

static size_t node_hash(const struct sym_node *x)
{
	uint64_t h = x->kind * 0x9e3779b97f4a7c15ull + x->op;

	h = (h ^ x->a) * 0xff51afd7ed558ccdull;
	h = (h ^ (h >> 32) ^ x->b) * 0xc4ceb9fe1a85ec53ull;
	h = (h ^ (h >> 29) ^ (uint64_t)x->imm) * 0x9e3779b97f4a7c15ull;
	return h ^ (h >> 31);
}

static void rehash(struct symtab *t, size_t nslots)
{
	free(t->slots);
	t->nslots = nslots;
	t->slots = xcalloc(t->nslots, sizeof(*t->slots));
	for (size_t i = 0; i < t->n; i++) {
		size_t h = node_hash(sym_get(t, (sym)i)) & (t->nslots - 1);

		while (t->slots[h])
			h = (h + 1) & (t->nslots - 1);
		t->slots[h] = (uint32_t)i + 1;
	}
}

static bool is_leaf(const struct sym_node *n)
{
	return n->depth == 0;
}

static sym intern(struct symtab *t, struct sym_node node)
{
	size_t h = node_hash(&node) & (t->nslots - 1);

	for (; t->slots[h]; h = (h + 1) & (t->nslots - 1))
		if (same_node(sym_get(t, t->slots[h] - 1), &node))
			return t->slots[h] - 1;
	if (t->n == t->nblocks * BLOCK_NODES)
		vec_push(t->blocks, t->nblocks, t->blocks_cap) =
			xmalloc(BLOCK_NODES * sizeof(struct sym_node));
	node.root = is_leaf(&node) ? (sym)t->n : sym_get(t, node.a)->root;
	node.as_entry = SYM_NONE;
	t->blocks[t->n >> BLOCK_BITS][t->n & (BLOCK_NODES - 1)] = node;
	t->n++;
	t->slots[h] = (uint32_t)t->n;
	if (t->n * 2 > t->nslots)
		rehash(t, t->nslots * 2);
	return (sym)(t->n - 1);
}

size_t symtab_mark(const struct symtab *t)
{
	return t->n;
}

void symtab_rewind(struct symtab *t, size_t mark)
{
	size_t nslots = LEAST_SLOTS;

	if (t->n == mark)
		return;
	while (nslots < 2 * mark)
		nslots *= 2;
	t->n = mark;
	for (size_t i = 0; i < mark; i++) {
		struct sym_node *n = &t->blocks[i >> BLOCK_BITS][i & (BLOCK_NODES - 1)];

		if (n->as_entry >= mark)
			n->as_entry = SYM_NONE;
	}
	while (t->nblocks > (mark >> BLOCK_BITS) + 1)
		free(t->blocks[--t->nblocks]);
	rehash(t, nslots);
}

sym sym_int(struct symtab *t, int64_t v)
{
	return intern(t, (struct sym_node){ .kind = S_INT, .imm = v });
}

sym sym_atom(struct symtab *t, enum sym_kind kind, uint32_t a)
{
	static const uint8_t flags[] = {
		[S_PARAM] = SF_PARAM, [S_VAR] = SF_VAR, [S_FRESH] = SF_FRESH,
		[S_OLD] = SF_OLD, [S_RET] = SF_RET, [S_TEST] = 0
	};

	return intern(t, (struct sym_node){ .kind = kind, .a = a, .flags = flags[kind] });
}

static sym make(struct symtab *t, enum sym_kind kind, int op, sym a, uint32_t b, bool b_is_sym)
{
	const struct sym_node *na = sym_get(t, a);
	uint8_t depth = na->depth, flags = na->flags;

	if (b_is_sym && b != SYM_NONE) {
		const struct sym_node *nb = sym_get(t, b);

		depth = nb->depth > depth ? nb->depth : depth;
		flags |= nb->flags;
	}
	if (kind == S_LOAD || kind == S_ENTRY)
		flags |= SF_LOAD;
	if (kind == S_ENTRY)
		flags |= SF_ENTRY;
	if (depth >= MAX_DEPTH)
		return sym_atom(t, S_OLD, UINT32_MAX);
	return intern(t, (struct sym_node){ .kind = kind, .op = (uint8_t)op, .a = a,
			.b = b, .flags = flags, .depth = (uint8_t)(depth + 1) });
}

sym sym_old(struct symtab *t, uint32_t at, sym x, bool once)
{
	return sym_atom(t, once ? S_FRESH : S_OLD, 0x80000000u | (at * 0x9e3779b1u ^ x * 0x85ebca6bu));
}

sym sym_load(struct symtab *t, sym addr)
{
	return make(t, S_LOAD, 0, addr, 0, false);
}

sym sym_entry(struct symtab *t, sym addr)
{
	return make(t, S_ENTRY, 0, addr, 0, false);
}

sym sym_field(struct symtab *t, sym addr, uint32_t name)
{
	const struct sym_node *n = sym_get(t, addr);

	if (n->kind == S_CONTAINER && n->b == name)
		return n->a;
	return make(t, S_FIELD, 0, addr, name, false);
}

sym sym_index(struct symtab *t, sym addr, sym index)
{
	return make(t, S_INDEX, 0, addr, index, true);
}

sym sym_container(struct symtab *t, sym addr, uint32_t name)
{
	const struct sym_node *n = sym_get(t, addr);

	if (n->kind == S_FIELD && n->b == name)
		return n->a;
	return make(t, S_CONTAINER, 0, addr, name, false);
}

static bool fold(int op, int64_t a, int64_t b, int64_t *out)
{
	uint64_t ua = (uint64_t)a, ub = (uint64_t)b;

	switch (op) {
	case KIR_OP_ADD: *out = (int64_t)(ua + ub); return true;
	case KIR_OP_SUB: *out = (int64_t)(ua - ub); return true;
	case KIR_OP_MUL: *out = (int64_t)(ua * ub); return true;
	case KIR_OP_AND: *out = a & b; return true;
	case KIR_OP_OR: *out = a | b; return true;
	case KIR_OP_XOR: *out = a ^ b; return true;
	case KIR_OP_EQ: *out = a == b; return true;
	case KIR_OP_LT: *out = a < b; return true;
	case KIR_OP_ULT: *out = ua < ub; return true;
	case KIR_OP_SHL:
		*out = (int64_t)(ua << (ub & 63));
		return ub < 64;
	case KIR_OP_SHR:
		*out = (int64_t)(ua >> (ub & 63));
		return ub < 64;
	default:
		return false;
	}
}

static sym negate(struct symtab *t, sym a)
{
	const struct sym_node *n = sym_get(t, a);

	if (n->kind == S_INT)
		return sym_int(t, !n->imm);
	if (n->kind == S_OP && n->op == KIR_OP_NOT) {
		const struct sym_node *in = sym_get(t, n->a);

		if (in->kind == S_OP && (in->op == KIR_OP_EQ || in->op == KIR_OP_LT ||
					 in->op == KIR_OP_ULT || in->op == KIR_OP_NOT))
			return n->a;
	}
	if (n->kind == S_TEST)
		return sym_test(t, n->a, !n->b);
	return make(t, S_OP, KIR_OP_NOT, a, SYM_NONE, true);
}

/* One form for each comparison, so that `a != b` and `b == a` are one fact. */
static sym compare(struct symtab *t, int op, sym a, sym b)
{
	switch (op) {
	case KIR_OP_NE: return negate(t, sym_op(t, KIR_OP_EQ, a, b));
	case KIR_OP_GE: return negate(t, sym_op(t, KIR_OP_LT, a, b));
	case KIR_OP_GT: return sym_op(t, KIR_OP_LT, b, a);
	case KIR_OP_LE: return negate(t, sym_op(t, KIR_OP_LT, b, a));
	case KIR_OP_UGE: return negate(t, sym_op(t, KIR_OP_ULT, a, b));
	case KIR_OP_UGT: return sym_op(t, KIR_OP_ULT, b, a);
	default: return negate(t, sym_op(t, KIR_OP_ULT, b, a));
	}
}

/* (x | c) & m and (x & c) & m, as flags are passed on with some added or taken
 * away; SYM_NONE when there is nothing to simplify. */
static sym mask(struct symtab *t, const struct sym_node *x, int64_t m)
{
	const struct sym_node *c;
	int64_t bits;
	sym in = x->a;

	if (m == 0)
		return sym_int(t, 0);
	if (x->kind != S_OP || (x->op != KIR_OP_OR && x->op != KIR_OP_AND))
		return SYM_NONE;
	c = sym_get(t, x->b);
	if (c->kind != S_INT)
		return SYM_NONE;
	bits = c->imm & m;
	if (x->op == KIR_OP_OR && bits == m)
		return sym_int(t, m);
	if (x->op == KIR_OP_OR && bits)
		return SYM_NONE;
	return sym_op(t, KIR_OP_AND, in, sym_int(t, x->op == KIR_OP_OR ? m : bits));
}

sym sym_op(struct symtab *t, int op, sym a, sym b)
{
	const struct sym_node *na = sym_get(t, a), *nb;
	int64_t v;

	if (op == KIR_OP_NOT)
		return negate(t, a);
	if (b == SYM_NONE) {
		if (na->kind == S_INT && op == KIR_OP_INV)
			return sym_int(t, ~na->imm);
		if (na->kind == S_INT && op == KIR_OP_NEG)
			return sym_int(t, (int64_t)-(uint64_t)na->imm);
		return make(t, S_OP, op, a, SYM_NONE, true);
	}
	nb = sym_get(t, b);
	if (op == KIR_OP_NE || op == KIR_OP_GE || op == KIR_OP_GT || op == KIR_OP_LE ||
	    op == KIR_OP_UGE || op == KIR_OP_UGT || op == KIR_OP_ULE)
		return compare(t, op, a, b);
	if (na->kind == S_INT && nb->kind == S_INT && fold(op, na->imm, nb->imm, &v))
		return sym_int(t, v);
	if (op == KIR_OP_EQ && (na->kind == S_INT || (nb->kind != S_INT && a > b))) {
		sym swap = a;

		a = b;
		b = swap;
	}
	/* Two functions have two addresses. */
	if (op == KIR_OP_EQ && na->kind == S_FUNC && nb->kind == S_FUNC && a != b)
		return sym_int(t, 0);
	if (op == KIR_OP_EQ && a == b)
		return sym_int(t, 1);
	if (op == KIR_OP_AND && nb->kind == S_INT) {
		sym simple = mask(t, na, nb->imm);

		if (simple != SYM_NONE)
			return simple;
	}
	if ((op == KIR_OP_ADD || op == KIR_OP_SUB || op == KIR_OP_OR) &&
	    nb->kind == S_INT && nb->imm == 0)
		return a;
	return make(t, S_OP, op, a, b, true);
}

sym sym_pred(struct symtab *t, enum sym_pred op, sym a)
{
	return make(t, S_PRED, op, a, 0, false);
}

sym sym_apply(struct symtab *t, uint32_t name, sym a, sym b)
{
	const struct sym_node *na = sym_get(t, a);
	uint8_t flags = na->flags | SF_LOAD, depth = na->depth;

	if (b != SYM_NONE) {
		flags |= sym_get(t, b)->flags;
		depth = sym_get(t, b)->depth > depth ? sym_get(t, b)->depth : depth;
	}
	if (depth >= MAX_DEPTH)
		return sym_atom(t, S_OLD, UINT32_MAX);
	return intern(t, (struct sym_node){ .kind = S_APPLY, .flags = flags, .a = a, .b = b,
			.imm = name, .depth = (uint8_t)(depth + 1) });
}

sym sym_test(struct symtab *t, uint32_t parts, bool negated)
{
	return intern(t, (struct sym_node){ .kind = S_TEST, .a = parts, .b = negated });
}

/* Operands are older than what is made of them, and all their flags are flags of it. */
bool sym_mentions(const struct symtab *t, sym s, sym what)
{
	uint8_t flags = sym_get(t, what)->flags;

	while (s > what) {
		const struct sym_node *n = sym_get(t, s);

		if ((flags & ~n->flags) || is_leaf(n))
			return false;
		if (sym_has_second(n) && sym_mentions(t, n->b, what))
			return true;
		s = n->a;
	}
	return s == what;
}

sym sym_leaf(struct symtab *t, const struct sym_node *n)
{
	return intern(t, *n);
}

sym sym_with(struct symtab *t, const struct sym_node *n, sym a, sym b)
{
	switch (n->kind) {
	case S_LOAD: return sym_load(t, a);
	case S_ENTRY: return sym_entry(t, a);
	case S_FIELD: return sym_field(t, a, b);
	case S_INDEX: return sym_index(t, a, b);
	case S_CONTAINER: return sym_container(t, a, b);
	case S_PRED: return sym_pred(t, n->op, a);
	case S_APPLY: return sym_apply(t, (uint32_t)n->imm, a, b);
	default: return sym_op(t, n->op, a, b);
	}
}

sym sym_replace(struct symtab *t, sym s, sym what, sym by)
{
	struct sym_node n;
	sym a, b;

	if (s <= what)
		return s == what ? by : s;
	n = *sym_get(t, s);
	if (is_leaf(&n))
		return s;
	a = sym_replace(t, n.a, what, by);
	b = sym_has_second(&n) ? sym_replace(t, n.b, what, by) : n.b;
	return a == n.a && b == n.b ? s : sym_with(t, &n, a, b);
}

sym sym_as_entry(struct symtab *t, sym s)
{
	struct sym_node *n = &t->blocks[s >> BLOCK_BITS][s & (BLOCK_NODES - 1)];
	sym a, b;

	if (!(n->flags & SF_LOAD) || is_leaf(n))
		return s;
	if (n->as_entry == SYM_NONE) {
		a = sym_as_entry(t, n->a);
		b = sym_has_second(n) ? sym_as_entry(t, n->b) : n->b;
		n->as_entry = n->kind == S_LOAD ? sym_entry(t, a) : sym_with(t, n, a, b);
	}
	return n->as_entry;
}

uint32_t sym_class(const struct symtab *t, sym s)
{
	const struct sym_node *n = sym_get(t, s);

	while (n->kind == S_INDEX || n->kind == S_LOAD || n->kind == S_ENTRY)
		n = sym_get(t, n->a);
	if (n->kind == S_FIELD)
		return n->b;
	return n->kind == S_GLOBAL ? n->a : 0;
}
