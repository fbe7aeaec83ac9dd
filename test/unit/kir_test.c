/* SPDX-License-Identifier: MIT */
/* Building modules: what is folded, merged, renumbered and refused, and that a
 * module is the same after a file, and after its text. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "kir/kir_build.h"
#include "kir/kir_text.h"
#include "support.h"

static char err[300];

static const struct kir_type t_int = {.kind = KIR_T_INT, .bits = 32, .record = KIR_NONE};
static const struct kir_type t_void = {.kind = KIR_T_VOID, .record = KIR_NONE};

static void test_fold(void)
{
	struct kir_builder *b = kir_builder_new("a.c", "test");
	kir_id x = kir_v_param(b, 0), two = kir_v_int(b, 2), zero = kir_v_int(b, 0);
	kir_id foo = kir_record(b, "foo"), null = kir_v_null(b), lt, member;

	check(kir_v_param(b, 0) == x && kir_v_param(b, 1) != x);
	check(kir_v_op(b, KIR_OP_ADD, two, two) == kir_v_int(b, 4));
	check(kir_v_op(b, KIR_OP_SUB, zero, two) == kir_v_int(b, -2));
	check(kir_v_op(b, KIR_OP_SHL, two, two) == kir_v_int(b, 8));
	check(kir_v_op(b, KIR_OP_ULT, kir_v_int(b, -1), two) == zero);
	check(kir_builder_value(b, kir_v_op(b, KIR_OP_DIV, two, zero))->kind == KIR_V_OP);
	check(kir_builder_value(b, kir_v_op(b, KIR_OP_SHL, two, kir_v_int(b, 64)))->kind ==
	      KIR_V_OP);
	check(kir_builder_value(b, kir_v_op(b, KIR_OP_REM, kir_v_int(b, INT64_MIN),
					    kir_v_int(b, -1)))->kind == KIR_V_OP);
	check(kir_v_op(b, KIR_OP_ADD, x, zero) == x && kir_v_op(b, KIR_OP_ADD, zero, x) == x);
	lt = kir_v_op(b, KIR_OP_LT, x, zero);
	check(kir_v_op(b, KIR_OP_NOT, lt, KIR_NONE) == kir_v_op(b, KIR_OP_GE, x, zero));
	check(kir_v_op(b, KIR_OP_GT, zero, x) == lt);
	check(kir_v_op(b, KIR_OP_NE, lt, zero) == lt);
	check(kir_builder_value(b, kir_v_op(b, KIR_OP_EQ, null, x))->b == null);
	check(kir_v_deref(b, kir_v_addr(b, x)) == x);
	check(kir_v_addr(b, kir_v_deref(b, x)) == x);
	member = kir_v_field(b, kir_v_deref(b, x), "m", foo);
	check(kir_v_container(b, kir_v_addr(b, member), "m", foo) == x);
	check(kir_v_container(b, kir_v_addr(b, member), "n", foo) != x);
	check(kir_v_opaque(b) != kir_v_opaque(b));
	kir_builder_free(b);
}

/* However deep the source, a value can be walked by recursion. */
static void test_depth(void)
{
	struct kir_builder *b = kir_builder_new("a.c", "test");
	kir_id v = kir_v_param(b, 0), wide = v;

	for (int i = 0; i < 100000; i++)
		v = kir_v_deref(b, v);
	for (int i = 0; i < 100; i++)
		wide = kir_v_op(b, KIR_OP_MUL, wide, wide);
	kir_func_begin(b, "f", 0, t_void, 0, 0);
	kir_func_param(b, "p", t_int, 0);
	kir_t_return(b, kir_block(b), kir_v_op(b, KIR_OP_MUL, v, wide), 0);
	kir_func_end(b);
	kir_close(kir_builder_finish(b, err, sizeof(err)));
	check_text(err, "");
}

static void declare(struct kir_builder *b, const char *name, const char *annot)
{
	kir_func_begin(b, name, 0, t_void, kir_loc(b, "a.h", 1, 1, NULL), 0);
	kir_func_param(b, "unused", t_int, KIR_NONE);
	if (annot)
		kir_func_annot(b, annot, "x", KIR_NONE);
	kir_func_end(b);
}

/* Blocks are made in another order than they run in, and one is never reached. */
static void define(struct kir_builder *b, const char *name)
{
	uint32_t entry, last, dead, middle;
	kir_id temp, arg;

	kir_func_begin(b, name, KIR_F_STATIC, t_int, kir_loc(b, "a.c", 3, 5, "DEFINE"), 0);
	kir_func_annot(b, "__releases", "y", KIR_NONE);
	arg = kir_v_param(b, kir_func_param(b, "n", t_int, KIR_NONE));
	kir_func_local(b, "n", t_int, KIR_NONE);
	entry = kir_block(b);
	last = kir_block(b);
	dead = kir_block(b);
	middle = kir_block(b);
	kir_e_begin(b, dead, kir_v_local(b, 0), KIR_NONE);
	kir_t_return(b, last, kir_v_int(b, 1), KIR_NONE);
	kir_e_begin(b, last, kir_v_local(b, 0), KIR_NONE);	/* too late */
	temp = kir_v_temp(b, kir_func_temp(b));
	kir_e_call(b, middle, temp, kir_v_func(b, "g"), KIR_NONE, &arg, 1, 0, KIR_NONE);
	kir_e_store(b, middle, kir_v_local(b, 0), temp, KIR_EF_INIT, KIR_NONE);
	kir_t_goto(b, middle, last, KIR_NONE);
	kir_t_branch(b, entry, kir_v_op(b, KIR_OP_NOT, kir_v_op(b, KIR_OP_NOT, arg, KIR_NONE),
					KIR_NONE), middle, last, KIR_NONE);
	kir_t_goto(b, entry, dead, KIR_NONE);			/* the first one stands */
	kir_func_end(b);
}

static struct kir_module *build(void)
{
	struct kir_builder *b = kir_builder_new("a.c", "test");
	kir_id ops = kir_record(b, "ops"), global;

	declare(b, "f", "__acquires");
	kir_const(b, "GFP_KERNEL", 3264);
	kir_record_define(b, ops, 0, kir_loc(b, "a.h", 9, 8, NULL));
	kir_record_field(b, "open", (struct kir_type){.kind = KIR_T_FUNCPTR});
	kir_field_annot(b, "__rcu", "", KIR_NONE);
	kir_global(b, "f.ops", KIR_G_STATIC | KIR_G_DEFINED,
		   (struct kir_type){.kind = KIR_T_RECORD, .record = ops}, KIR_NONE);
	global = kir_v_global(b, "f.ops");
	kir_global_init(b, kir_v_field(b, global, "open", ops), kir_v_func(b, "g"), ops, "open",
			kir_loc(b, "a.c", 2, 3, NULL));
	define(b, "f");
	declare(b, "f", "__must_hold");
	declare(b, "g", NULL);
	kir_func_begin(b, "broken", 0, t_void, KIR_NONE, KIR_NONE);
	kir_block(b);
	kir_func_fail(b, "computed goto");
	return kir_builder_finish(b, err, sizeof(err));
}

static void test_build(const struct kir_module *m)
{
	const struct kir_func *f = &m->funcs[0];
	const struct kir_block *blocks = &m->blocks[f->block_first];

	check(m->nfuncs == 3);
	check_text(kir_string(m, f->name), "f");
	check(f->flags == (KIR_F_STATIC | KIR_F_DEFINED));
	check(f->annot_count == 3 && f->param_count == 1 && f->local_count == 1);
	check(f->block_count == 3 && f->temp_count == 1);
	check(blocks[0].term == KIR_TERM_BRANCH && blocks[0].event_count == 0);
	check(m->values[blocks[0].value].kind == KIR_V_PARAM);
	check(m->succs[blocks[0].succ_first].block == 1);
	check(m->succs[blocks[0].succ_first + 1].block == 2);
	check(blocks[1].event_count == 2 && blocks[1].term == KIR_TERM_GOTO);
	check(blocks[2].event_count == 0 && blocks[2].term == KIR_TERM_RETURN);
	check(m->funcs[1].flags == KIR_F_ADDRESS_TAKEN);
	check(m->funcs[2].flags == KIR_F_FAILED && m->funcs[2].block_count == 0);
	check_text(kir_string(m, m->funcs[2].why), "computed goto");
	check(m->locs[0].line == 0 && m->funcs[2].loc == 0);
}

static char *text_of(const struct kir_module *m)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	kir_print(m, NULL, out);
	fclose(out);
	return text;
}

static void check_same(const struct kir_module *x, const struct kir_module *y)
{
	char *a = text_of(x), *b = text_of(y);

	check_text(a, b);
	check(x->nfuncs == y->nfuncs && x->nblocks == y->nblocks && x->nevents == y->nevents);
	check(x->nargs == y->nargs && x->nsuccs == y->nsuccs && x->nvars == y->nvars);
	check(x->nrecords == y->nrecords && x->nfields == y->nfields);
	check(x->nglobals == y->nglobals && x->ninits == y->ninits && x->nconsts == y->nconsts);
	for (uint32_t i = 0; i < x->nfuncs && i < y->nfuncs; i++) {
		check(x->funcs[i].flags == y->funcs[i].flags);
		check(x->funcs[i].temp_count == y->funcs[i].temp_count);
	}
	for (uint32_t i = 0; i < x->nevents && i < y->nevents; i++)
		check(x->events[i].kind == y->events[i].kind &&
		      x->events[i].flags == y->events[i].flags);
	free(a);
	free(b);
}

static void test_round_trips(const struct kir_module *m)
{
	const char *path = unit_file("m.kirb", "what stood here before");
	struct kir_module *opened, *parsed;
	char *text = text_of(m);

	check(kir_save(m, path, err, sizeof(err)) == 0);
	opened = kir_open(path, err, sizeof(err));
	if (check(opened != NULL)) {
		check(opened->mapped && opened->image_size == m->image_size);
		check(!memcmp(opened->image, m->image, m->image_size));
		check_same(m, opened);
	}
	parsed = kir_parse(text, strlen(text), "text", err, sizeof(err));
	if (check(parsed != NULL))
		check_same(m, parsed);
	check(!kir_print(m, "nobody", stderr));
	kir_close(opened);
	kir_close(parsed);
	free(text);
}

static void test_save_fails(const struct kir_module *m)
{
	check(kir_save(m, "/nowhere/at/all.kirb", err, sizeof(err)) == -1);
	check_text(err, "/nowhere/at/all.kirb: cannot be written: No such file or directory");
	/* A directory cannot be renamed over; no temporary file stays behind. */
	check(kir_save(m, unit_dir(), err, sizeof(err)) == -1);
	check(strstr(err, "cannot be written: Is a directory") != NULL);
}

/* The front end's mistakes are told, and take nothing down with them. */
static void test_misuse(void)
{
	struct kir_builder *b = kir_builder_new("a.c", "test");

	kir_v_deref(b, 99);
	check(kir_builder_finish(b, err, sizeof(err)) == NULL);
	check_text(err, "a.c: cannot be built: dereference of value 99 of 0");

	b = kir_builder_new("a.c", "test");
	kir_func_begin(b, "f", 0, t_void, 0, 0);
	kir_t_return(b, kir_block(b), kir_v_param(b, 0), 0);
	kir_func_end(b);
	check(kir_builder_finish(b, err, sizeof(err)) == NULL);
	check_text(err, "a.c: damaged: function 0 refers to parameter 0 of 0");

	b = kir_builder_new("a.c", "test");
	kir_func_begin(b, "f", 0, t_void, 0, 0);
	kir_t_goto(b, kir_block(b), 7, 0);
	check(kir_builder_finish(b, err, sizeof(err)) == NULL);
	check_text(err, "a.c: cannot be built: successor 7 of 1 blocks");
}

int main(void)
{
	struct kir_module *m;

	test_fold();
	test_depth();
	m = build();
	if (check(m != NULL)) {
		test_build(m);
		test_round_trips(m);
		test_save_fails(m);
	}
	kir_close(m);
	test_misuse();
	return unit_finish();
}
