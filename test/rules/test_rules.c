// SPDX-License-Identifier: MIT
/*
 * Unit test of the loader: what each form of the vocabulary becomes.  Mistakes
 * are tested by test/lit/rules, which sees them as a user does.
 *
 *   test_rules          run the test
 *   test_rules DIR…     load the rules in DIR… and say how many there are
 */
#define _GNU_SOURCE
#include "base/base.h"
#include "rules/rules.h"

#include <stdio.h>
#include <string.h>

static int failures;

#define check(cond) do { \
	if (!(cond)) { \
		fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #cond); \
		failures++; \
	} \
} while (0)

#define KINDS \
	"- {lock-kind: mutex, inner: sleep}\n" \
	"- {lock-kind: spinlock, inner: config, outer: spin, recursive: true, owned: false}\n" \
	"- {context: hardirq, enters: [hardirq, irq], rt: [], bare: true, why: an interrupt}\n" \
	"- {context: timer, enters: softirq}\n"

static struct rules *load(const char *text)
{
	char *all = xasprintf(KINDS "%s", text);
	struct rules *r = rules_load_memory(all, strlen(all), "test", stderr);

	free(all);
	if (!r) {
		fprintf(stderr, "not loaded: %s\n", text);
		exit(1);
	}
	return r;
}

static void test_expr(void)
{
	struct rules *r = load("- fn: f\n  releases:\n"
			       "  - {lock: \"&*$2->a.b\", kind: mutex}\n"
			       "  - {lock: ret, kind: mutex}\n"
			       "  - {lock: rtnl_mutex, kind: mutex}\n"
			       "  - {lock: -0x10, kind: mutex}\n");
	const struct rule_effect *e = rules_find(r, "f")->effects;

	check(rules_find(r, "f")->neffects == 4);
	check(e[0].kind == EFFECT_RELEASE && e[0].lock.root == ROOT_ARG);
	check(e[0].lock.arg == 2 && e[0].lock.addr && e[0].lock.nsteps == 4);
	check(!e[0].lock.steps[0].field && !strcmp(e[0].lock.steps[1].field, "a"));
	check(!strcmp(e[0].lock.steps[2].field, "b") && !e[0].lock.steps[3].field);
	check(!strcmp(e[0].lock.text, "&*$2->a.b"));
	check(e[1].lock.root == ROOT_RET && !e[1].lock.nsteps && !e[1].lock.addr);
	check(e[2].lock.root == ROOT_GLOBAL && !strcmp(e[2].lock.name, "rtnl_mutex"));
	check(e[3].lock.root == ROOT_INT && e[3].lock.imm == -16);
	rules_free(r);
}

static void check_term(const struct rule_term *t, enum rule_cmp cmp, bool masked,
		       int64_t rhs)
{
	check(t->cmp == cmp);
	check(t->masked == masked);
	check(t->rhs.imm == rhs);
}

static void test_cond(void)
{
	struct rules *r = load("- fn: f\n  sleeps:\n"
		"  - if: \"$1 && !$2 && $3 & A && !($3 & 4) && ret >= -5 && ($3 & B) == C\"\n");
	const struct rule_cond *c = &rules_find(r, "f")->effects[0].cond;
	const struct rule_term *t = c->terms;

	check(c->nterms == 6);
	check_term(&t[0], CMP_NE, false, 0);
	check_term(&t[1], CMP_EQ, false, 0);
	check_term(&t[2], CMP_NE, true, 0);
	check(!strcmp(t[2].mask.name, "A"));
	check_term(&t[3], CMP_EQ, true, 0);
	check(!t[3].mask.name && t[3].mask.imm == 4);
	check_term(&t[4], CMP_GE, false, -5);
	check(t[4].lhs.root == ROOT_RET);
	check_term(&t[5], CMP_EQ, true, 0);
	check(!strcmp(t[5].rhs.name, "C"));
	rules_free(r);
}

static void test_locks(void)
{
	struct rules *r = load("- fn: f\n  args: [1, 2]\n  acquires:\n"
		"  - {lock: $1, kind: spinlock, mode: shared, nested: true}\n"
		"  - {lock: $1, kind: mutex, if: ret != 0}\n"
		"  - {lock: $1, kind: mutex, if: ret == 0, trylock: false}\n"
		"  - {lock: $1, kind: mutex, if: $2}\n"
		"  requires: [{held: $1, kind: mutex}, {not-held: $2}]\n");
	const struct rule *f = rules_find(r, "f");
	const struct rule_effect *e = f->effects;
	const struct rule_lock_kind *k = rules_lock_kind(r, e[0].lock_kind);

	check(f->neffects == 6 && f->min_args == 1 && f->max_args == 2);
	check(e[0].shared && e[0].nested && !e[0].trylock);
	check(!strcmp(k->name, "spinlock") && k->inner == WAIT_CONFIG);
	check(k->outer == WAIT_SPIN && k->recursive && !k->owned);
	k = rules_lock_kind(r, e[1].lock_kind);
	check(k->outer == WAIT_SLEEP && !k->recursive && k->owned);
	check(e[1].trylock && !e[1].shared && !e[1].nested);
	check(!e[2].trylock && !e[3].trylock);
	check(e[4].kind == EFFECT_REQUIRE && e[4].lock_kind == e[1].lock_kind);
	check(e[5].kind == EFFECT_FORBID && e[5].lock_kind == RULES_NONE);
	rules_free(r);
}

static void test_context(void)
{
	struct rules *r = load("- fn: f\n"
		"  resets: state\n  sleeps: true\n  waits: [spin, {type: config, if: $1}]\n"
		"  enters: [irq, {part: bh, if: $2}]\n  leaves: [rcu-bh, non-block]\n"
		"  requires: [{in: [rcu, srcu]}, {not-in: nmi}]\n");
	static const struct { enum rule_effect_kind kind; enum ctx_part part; } expect[] = {
		{ EFFECT_RESET, CTX_STATE }, { EFFECT_SLEEP, 0 }, { EFFECT_WAIT, 0 },
		{ EFFECT_WAIT, 0 }, { EFFECT_ENTER, CTX_IRQ }, { EFFECT_ENTER, CTX_BH },
		{ EFFECT_LEAVE, CTX_RCU_BH }, { EFFECT_LEAVE, CTX_NON_BLOCK },
		{ EFFECT_REQUIRE_PART, CTX_RCU }, { EFFECT_REQUIRE_PART, CTX_SRCU },
		{ EFFECT_FORBID_PART, CTX_NMI },
	};
	const struct rule *f = rules_find(r, "f");

	check(f->neffects == sizeof(expect) / sizeof(expect[0]));
	for (size_t i = 0; i < f->neffects; i++)
		check(f->effects[i].kind == expect[i].kind &&
		      f->effects[i].part == expect[i].part);
	check(f->effects[1].wait == WAIT_SLEEP && f->effects[2].wait == WAIT_SPIN);
	check(f->effects[3].wait == WAIT_CONFIG && f->effects[3].cond.nterms == 1);
	check(!f->effects[4].cond.nterms && f->effects[5].cond.nterms == 1);
	check(f->min_args == 0 && f->max_args == RULES_NONE);
	rules_free(r);
}

static void test_calls(void)
{
	struct rules *r = load("- fn: f\n  args: 2+\n  calls:\n"
		"  - {fn: $2, context: hardirq, until: free_irq, if: $3}\n  - {fn: $1->done}\n"
		"- ops: [a.b, c.d]\n  context: timer\n  source: here\n"
		"- ops: e.f\n  context: timer\n  except: [one, two]\n");
	const struct rule *f = rules_find(r, "f");
	const struct rule_context *c = rules_context(r, f->calls[0].context);

	check(f->ncalls == 2 && f->min_args == 2 && f->max_args == RULES_NONE);
	check(!strcmp(c->name, "hardirq") && c->bare && !strcmp(c->why, "an interrupt"));
	check(c->parts == (1u << CTX_HARDIRQ | 1u << CTX_IRQ) && !c->rt_parts);
	check(!strcmp(f->calls[0].until, "free_irq") && f->calls[0].cond.nterms == 1);
	check(f->calls[1].context == RULES_NONE && f->calls[1].fn.nsteps == 2);
	check(rules_ops_count(r) == 3 && !rules_find_ops(r, "a", "d"));
	c = rules_context(r, rules_find_ops(r, "c", "d")->context);
	check(c->parts == 1u << CTX_SOFTIRQ && c->rt_parts == c->parts && !c->bare);
	check(!rules_find_ops(r, "a", "b")->nexcept && rules_find_ops(r, "e", "f")->nexcept == 2);
	check(!strcmp(rules_find_ops(r, "e", "f")->except[1], "two"));
	rules_free(r);
}

static void test_returns(void)
{
	static const struct { const char *text; enum rule_ret_kind kind; } rows[] = {
		{ "$1", RET_EXPR }, { "0", RET_EXPR }, { "is_err($1)", RET_IS_ERR },
		{ "is_err_or_null($1)", RET_IS_ERR_OR_NULL },
		{ "err_or_zero($1)", RET_ERR_OR_ZERO }, { "nonnull", RET_NONNULL },
		{ "test(rcu, rcu-bh)", RET_TEST }, { "test_not(irq)", RET_TEST_NOT },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = xasprintf("- fn: f\n  returns: %s\n", rows[i].text);
		struct rules *r = load(text);
		const struct rule_ret *ret = &rules_find(r, "f")->ret;

		check(ret->kind == rows[i].kind);
		check(ret->kind == RET_NONNULL || ret->parts || ret->expr.root);
		check(ret->kind != RET_TEST || ret->parts == (1u << CTX_RCU | 1u << CTX_RCU_BH));
		rules_free(r);
		free(text);
	}
}

static void test_names(void)
{
	struct rules *r = load("- fn: [f, g]\n  sleeps: {if: $1 & Y && $2 == X}\n"
		"- annotation: f\n  acquires: {lock: $1, if: ret == Y}\n"
		"- macro: g\n  noreturn: true\n  override: true\n");
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	rules_write_names(r, f);
	fclose(f);
	check(!strcmp(text, "a f\nc X\nc Y\nm f\nm g\n"));
	check(rules_find(r, "g")->noreturn && !rules_find(r, "g")->neffects);
	check(!rules_find(r, "f")->annotation && rules_find_annotation(r, "f")->annotation);
	check(rules_find_annotation(r, "f")->effects[0].lock_kind == RULES_NONE);
	check(!rules_find(r, "h") && !rules_find_annotation(r, "g"));
	check(rules_count(r) == 3 && rules_at(r, 0) == rules_find(r, "f"));
	check(rules_at(r, 2) == rules_find(r, "g"));
	free(text);
	rules_free(r);
}

static void test_parts(void)
{
	for (enum ctx_part p = 0; p < CTX_NPARTS; p++)
		check(ctx_part_by_name(ctx_part_name(p)) == p);
	check(ctx_part_by_name("rcubh") == CTX_NPARTS);
	check(ctx_part_wait(CTX_IRQ) == WAIT_SPIN && ctx_part_wait(CTX_SPIN) == WAIT_CONFIG);
	check(ctx_part_wait(CTX_NMI) == WAIT_FREE && ctx_part_wait(CTX_SRCU) == WAIT_SLEEP);
}

static int load_dirs(const char *const *dirs, size_t n)
{
	struct rules *r = rules_load(dirs, n, stderr);

	if (!r)
		return 2;
	printf("%zu rules, %zu ops\n", rules_count(r), rules_ops_count(r));
	rules_free(r);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return load_dirs((const char *const *)argv + 1, (size_t)argc - 1);
	test_expr();
	test_cond();
	test_locks();
	test_context();
	test_calls();
	test_returns();
	test_names();
	test_parts();
	return failures != 0;
}
