/* SPDX-License-Identifier: MIT */
/*
 * Building a module.  Used by the front end and by the text parser; nothing
 * here knows where KIR comes from.
 *
 * Strings, locations and values are interned, so building the same thing twice
 * gives the same id.  Functions are built one at a time: kir_func_begin(), its
 * variables, blocks filled in any order, kir_func_end().
 *
 * A loc may be KIR_NONE everywhere: unknown.  Strings end at their first NUL, and
 * NULL is the empty one.  A value deeper than KIR_MAX_DEPTH or larger than
 * KIR_MAX_NODES becomes a new opaque one.  Any other misuse (an id that does not
 * exist, an event outside of a function) makes kir_builder_finish() fail.
 */
#ifndef KLINT_KIR_BUILD_H
#define KLINT_KIR_BUILD_H

#include "kir.h"

#ifdef __cplusplus
extern "C" {
#endif

struct kir_builder;

/* A builder for the unit @source.  Never NULL: out of memory aborts. */
struct kir_builder *kir_builder_new(const char *source, const char *producer);

/* Turn what was built into a module and free the builder.  Functions are sorted
 * by nothing: they keep the order in which they were begun.  Of several functions
 * or globals of one name the definition stays, in the place of the first, with the
 * annotations of all; KIR_F_ADDRESS_TAKEN is set where it holds.  Never NULL for
 * well-formed input; NULL with a message in @err when ids were out of bounds. */
struct kir_module *kir_builder_finish(struct kir_builder *b, char *err, size_t errlen);

/* Drop a builder and all that was built. */
void kir_builder_free(struct kir_builder *b);

kir_str kir_intern(struct kir_builder *b, const char *s);
kir_str kir_intern_n(struct kir_builder *b, const char *s, size_t n);
const char *kir_builder_string(const struct kir_builder *b, kir_str s);

kir_id kir_loc(struct kir_builder *b, const char *file, uint32_t line,
	       uint32_t col, const char *macro /* or NULL */);

/* Values.  Each returns the id of the one value with these operands. */
kir_id kir_v_opaque(struct kir_builder *b);	/* a new one each time */
kir_id kir_v_opaque_nr(struct kir_builder *b, uint32_t nr); /* for the text parser */
kir_id kir_v_int(struct kir_builder *b, int64_t imm);
kir_id kir_v_null(struct kir_builder *b);
kir_id kir_v_str(struct kir_builder *b, const char *s);
kir_id kir_v_param(struct kir_builder *b, uint32_t n);
kir_id kir_v_local(struct kir_builder *b, uint32_t n);
kir_id kir_v_global(struct kir_builder *b, const char *name);
kir_id kir_v_func(struct kir_builder *b, const char *name);
kir_id kir_v_temp(struct kir_builder *b, uint32_t n);
kir_id kir_v_field(struct kir_builder *b, kir_id base, const char *field, kir_id record);
/* *a; folds *&p to p. */
kir_id kir_v_deref(struct kir_builder *b, kir_id a);
kir_id kir_v_index(struct kir_builder *b, kir_id base, kir_id index);
/* &place; folds &*p to p. */
kir_id kir_v_addr(struct kir_builder *b, kir_id place);
/* Folds container(&(*p).m, m) to p. */
kir_id kir_v_container(struct kir_builder *b, kir_id a, const char *field, kir_id record);
/* @rhs is KIR_NONE for unary operators.  Folds integer constants. */
kir_id kir_v_op(struct kir_builder *b, enum kir_op op, kir_id lhs, kir_id rhs);
/* Valid until the next value is made. */
const struct kir_value *kir_builder_value(const struct kir_builder *b, kir_id v);

/*
 * The record called @name, made empty when it is new.  Define it once with
 * kir_record_define(); one that is never defined stays without fields.
 */
kir_id kir_record(struct kir_builder *b, const char *name);
bool kir_record_is_defined(const struct kir_builder *b, kir_id record);
void kir_record_define(struct kir_builder *b, kir_id record, uint32_t flags, kir_id loc);
/* Append a field to the record that was defined last.  Annotations may follow
 * at once with kir_annot(). */
void kir_record_field(struct kir_builder *b, const char *name, struct kir_type type);

/* Attach an annotation to the field, or function, that was begun last. */
void kir_field_annot(struct kir_builder *b, const char *name, const char *text, kir_id loc);
void kir_func_annot(struct kir_builder *b, const char *name, const char *text, kir_id loc);

/* A variable with static storage, then its initialisers. */
kir_id kir_global(struct kir_builder *b, const char *name, uint32_t flags,
		  struct kir_type type, kir_id loc);
void kir_global_init(struct kir_builder *b, kir_id place, kir_id value,
		     kir_id record, const char *field, kir_id loc);

/* An integer constant asked for by the rules. */
void kir_const(struct kir_builder *b, const char *name, int64_t value);

/*
 * A function.  A declaration is begun and ended with no block; a definition
 * needs at least one.  Setting flags includes KIR_F_DEFINED only through
 * kir_func_end(), which sets it when there are blocks.
 */
kir_id kir_func_begin(struct kir_builder *b, const char *name, uint32_t flags,
		      struct kir_type ret, kir_id loc, kir_id end_loc);
void kir_func_section(struct kir_builder *b, const char *section);
/* Variables may be added at any time before kir_func_end(). */
uint32_t kir_func_param(struct kir_builder *b, const char *name, struct kir_type type, kir_id loc);
uint32_t kir_func_local(struct kir_builder *b, const char *name, struct kir_type type, kir_id loc);
uint32_t kir_func_temp(struct kir_builder *b);
void kir_func_end(struct kir_builder *b);
/* Instead of kir_func_end(): keep the declaration, drop the body, and say why. */
void kir_func_fail(struct kir_builder *b, const char *why);

/* A new block of the current function, empty and unterminated.  A block that
 * is still unterminated at kir_func_end() becomes unreachable.  There, blocks are
 * renumbered in reverse postorder, and what the first does not reach is dropped. */
uint32_t kir_block(struct kir_builder *b);
/* Events go to the end of @block; events after its terminator are dropped. */
void kir_e_call(struct kir_builder *b, uint32_t block, kir_id dst, kir_id callee,
		kir_id record, const kir_id *args, uint32_t nargs,
		uint8_t flags, kir_id loc);
void kir_e_macro(struct kir_builder *b, uint32_t block, kir_id dst, const char *name,
		 const kir_id *args, uint32_t nargs, kir_id loc);
void kir_e_store(struct kir_builder *b, uint32_t block, kir_id dst, kir_id value,
		 uint8_t flags, kir_id loc);
void kir_e_copy(struct kir_builder *b, uint32_t block, kir_id dst, kir_id value,
		kir_id record, uint8_t flags, kir_id loc);
void kir_e_begin(struct kir_builder *b, uint32_t block, kir_id local, kir_id loc);
void kir_e_end(struct kir_builder *b, uint32_t block, kir_id local, kir_id loc);
void kir_e_asm(struct kir_builder *b, uint32_t block, kir_id dst, kir_id loc);

bool kir_block_is_terminated(const struct kir_builder *b, uint32_t block);
/* Terminators; the first one given to a block stands, later ones are dropped. */
void kir_t_goto(struct kir_builder *b, uint32_t block, uint32_t to, kir_id loc);
/* The same, of a goto statement. */
void kir_t_jump(struct kir_builder *b, uint32_t block, uint32_t to, kir_id loc);
void kir_t_branch(struct kir_builder *b, uint32_t block, kir_id cond,
		  uint32_t yes, uint32_t no, kir_id loc);
void kir_t_switch(struct kir_builder *b, uint32_t block, kir_id value,
		  const struct kir_succ *succs, uint32_t nsuccs, kir_id loc);
void kir_t_choice(struct kir_builder *b, uint32_t block,
		  const uint32_t *to, uint32_t nto, kir_id loc);
void kir_t_return(struct kir_builder *b, uint32_t block, kir_id value, kir_id loc);
void kir_t_unreachable(struct kir_builder *b, uint32_t block, kir_id loc);

#ifdef __cplusplus
}
#endif
#endif
