/* SPDX-License-Identifier: MIT */
/*
 * KIR, the narrow waist of klint: the only thing that the engine sees of a
 * translation unit.
 *
 * A module is one flat image: a header and a row of tables whose entries refer
 * to each other by index, never by pointer.  The image in memory and the image
 * in a .kirb file are the same bytes, so a file is checked once and then used
 * where it is mapped.  A module is immutable; it is made by a builder
 * (kir_build.h), by the text parser (kir_text.h) or by mapping a file
 * (kir_open).
 *
 * A function is a graph of blocks; a block is a row of events and one
 * terminator; events speak of values.  Values are hash-consed: within one
 * module equal values have equal ids, so identity is equality.
 */
#ifndef KLINT_KIR_H
#define KLINT_KIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KIR_VERSION 2u
#define KIR_NONE UINT32_MAX

/* Bounds that every module keeps: a value may be walked by recursion. */
#define KIR_MAX_DEPTH 200u	/* of a value */
#define KIR_MAX_NODES 2000u	/* of a value written as a tree */
#define KIR_MAX_VARS (1u << 20)	/* parameters, locals, temporaries of a function */

/* Index into the table that the name of the member or parameter tells.  A `loc`
 * is never KIR_NONE: loc 0 is the unknown one (no file, line 0). */
typedef uint32_t kir_id;
/* Offset into the string pool; 0 is the empty string. */
typedef uint32_t kir_str;

/* A value or place.  A place used as a value means what is stored there. */
enum kir_vkind {
	KIR_V_OPAQUE,	/* unknown; a = a number that tells opaque values apart */
	KIR_V_INT,	/* imm */
	KIR_V_NULL,	/* a null pointer constant */
	KIR_V_STR,	/* a = kir_str: a string literal */
	KIR_V_PARAM,	/* a = index of the parameter (the variable, a place) */
	KIR_V_LOCAL,	/* a = index of the local (a place) */
	KIR_V_GLOBAL,	/* a = kir_str: a variable with static storage (a place) */
	KIR_V_FUNC,	/* a = kir_str: the address of a function */
	KIR_V_TEMP,	/* a = index of the temporary: result of an event, or of ?: && || */
	KIR_V_FIELD,	/* a = base place, b = kir_str field name, c = record: place a.b */
	KIR_V_DEREF,	/* a = pointer value: place *a */
	KIR_V_INDEX,	/* a = base place, b = index value: place a[b] */
	KIR_V_ADDR,	/* a = place: value &a */
	KIR_V_CONTAINER,/* a = pointer to a member, b = kir_str member, c = record:
			 * pointer to the enclosing object (pointer - offsetof) */
	KIR_V_OP,	/* op, a, b: unary operators have b = KIR_NONE */
	KIR_V_NKINDS
};

/* Operators of KIR_V_OP.  Comparisons are signed unless the U form is used. */
enum kir_op {
	KIR_OP_ADD, KIR_OP_SUB, KIR_OP_MUL, KIR_OP_DIV, KIR_OP_REM,
	KIR_OP_AND, KIR_OP_OR, KIR_OP_XOR, KIR_OP_SHL, KIR_OP_SHR,
	KIR_OP_EQ, KIR_OP_NE, KIR_OP_LT, KIR_OP_LE, KIR_OP_GT, KIR_OP_GE,
	KIR_OP_ULT, KIR_OP_ULE, KIR_OP_UGT, KIR_OP_UGE,
	KIR_OP_NOT,	/* logical ! */
	KIR_OP_INV,	/* bitwise ~ */
	KIR_OP_NEG,	/* unary - */
	KIR_OP_ONCE,	/* unary: the place is read through volatile (READ_ONCE): each time
			 * it may hold something else */
	KIR_OP_NOPS
};

struct kir_value {
	uint8_t kind;	/* enum kir_vkind */
	uint8_t op;	/* enum kir_op for KIR_V_OP, else 0 */
	uint16_t zero;
	uint32_t a, b, c;	/* KIR_NONE where the kind has no such operand */
	int64_t imm;	/* KIR_V_INT only, else 0 */
};

struct kir_loc {
	kir_str file;
	uint32_t line;	/* from 1; 0 = unknown */
	uint32_t col;	/* from 1 */
	kir_str macro;	/* name of the outermost macro it was expanded from, or 0 */
};

enum kir_type_kind {
	KIR_T_VOID, KIR_T_BOOL, KIR_T_INT, KIR_T_UINT, KIR_T_PTR, KIR_T_FUNCPTR,
	KIR_T_RECORD, KIR_T_ARRAY, KIR_T_OTHER, KIR_T_NKINDS
};

/* The little that checks ask of a type. */
struct kir_type {
	uint8_t kind;	/* enum kir_type_kind */
	uint8_t bits;	/* width of an integer, 0 otherwise */
	uint16_t depth;	/* KIR_T_PTR: levels of * down to `record`; KIR_T_ARRAY: dimensions */
	kir_id record;	/* the record itself (KIR_T_RECORD), what is pointed to or
			 * repeated (KIR_T_PTR, KIR_T_ARRAY), or KIR_NONE */
};

/* An annotation on a function, a field or a variable: sparse's and Linux's
 * macros by name, compiler attributes by spelling, klint.h's by the text after
 * "klint::".  `text` is the argument as written, without outer parentheses. */
struct kir_annot {
	kir_str name;
	kir_str text;
	kir_id loc;
};

struct kir_field {
	kir_str name;	/* 0 for an anonymous member */
	struct kir_type type;
	uint32_t annot_first, annot_count;
};

enum kir_record_flags { KIR_R_UNION = 1 };

struct kir_record {
	kir_str name;	/* tag, typedef name, or "anon@file:line:col" */
	uint32_t flags;
	uint32_t field_first, field_count;
	kir_id loc;
};

struct kir_var {	/* a parameter or a local */
	kir_str name;
	struct kir_type type;
	kir_id loc;
};

enum kir_global_flags {
	KIR_G_STATIC = 1,	/* internal linkage, function scope included */
	KIR_G_CONST = 2,
	KIR_G_DEFINED = 4
};

struct kir_global {
	kir_str name;	/* function-scope statics: "function.name" */
	uint32_t flags;
	struct kir_type type;
	uint32_t init_first, init_count;
	kir_id loc;
};

/* One leaf of a static initialiser: path = value.  The path is a place rooted
 * in the global; `record` and `field` name the innermost member that is set. */
struct kir_init {
	kir_id place;	/* value id */
	kir_id value;	/* value id */
	kir_id record;	/* or KIR_NONE */
	kir_str field;
	kir_id loc;
};

enum kir_event_kind {
	/* dst = callee(args).  callee is a KIR_V_FUNC (direct) or a place or
	 * value (indirect); dst is a KIR_V_TEMP or KIR_NONE. */
	KIR_E_CALL,
	/* dst = name(args): expansion of a macro that the rules name.  callee is
	 * a KIR_V_FUNC holding the macro's name.  Only the arguments of the macro
	 * are lowered, each at most once, before this event. */
	KIR_E_MACRO,
	KIR_E_STORE,	/* place dst = value; dst may also be a KIR_V_TEMP */
	KIR_E_COPY,	/* place dst = place value, an aggregate of type `record` */
	KIR_E_BEGIN,	/* dst: a KIR_V_LOCAL comes to life, uninitialised */
	KIR_E_END,	/* dst: its storage ends (cleanup calls stand before it) */
	KIR_E_ASM,	/* inline assembly; clobbers dst (or KIR_NONE) */
	KIR_E_NKINDS
};

enum kir_event_flags {
	KIR_EF_CLEANUP = 1,	/* a call made by __attribute__((cleanup)) */
	KIR_EF_INIT = 2		/* a store or copy that initialises a declaration */
};

struct kir_event {
	uint8_t kind;	/* enum kir_event_kind */
	uint8_t flags;	/* enum kir_event_flags */
	uint16_t zero;
	kir_id dst;
	kir_id callee;	/* KIR_E_CALL, KIR_E_MACRO */
	kir_id value;	/* KIR_E_STORE, KIR_E_COPY */
	kir_id record;	/* KIR_E_COPY: what is copied; indirect KIR_E_CALL through a
			 * member: the record of that member; else KIR_NONE */
	uint32_t arg_first, arg_count;	/* into args: value ids */
	kir_id loc;
};

enum kir_term_kind {
	KIR_TERM_GOTO,		/* one successor */
	KIR_TERM_JUMP,		/* the same, by a goto statement of the source */
	KIR_TERM_BRANCH,	/* value != 0 ? succ 0 : succ 1 */
	KIR_TERM_SWITCH,	/* by value: successors with their ranges, default last */
	KIR_TERM_CHOICE,	/* any successor may be taken (asm goto, computed goto) */
	KIR_TERM_RETURN,	/* value, or KIR_NONE in a void function */
	KIR_TERM_UNREACHABLE,
	KIR_TERM_NKINDS
};

struct kir_succ {
	uint32_t block;	/* index within the function, not the table */
	uint32_t is_default;	/* KIR_TERM_SWITCH only */
	int64_t lo, hi;		/* KIR_TERM_SWITCH: the case range, inclusive */
};

struct kir_block {
	uint32_t event_first, event_count;
	uint8_t term;	/* enum kir_term_kind */
	uint8_t zero[3];
	kir_id value;	/* of the terminator, or KIR_NONE */
	uint32_t succ_first, succ_count;
	kir_id loc;	/* of the terminator */
};

enum kir_func_flags {
	KIR_F_STATIC = 1,
	KIR_F_INLINE = 2,
	KIR_F_DEFINED = 4,	/* has blocks */
	KIR_F_NORETURN = 8,
	KIR_F_HEADER = 16,	/* defined outside the main file */
	KIR_F_FAILED = 32,	/* has a body that could not be lowered: see `why` */
	KIR_F_ADDRESS_TAKEN = 64,	/* occurs here other than as a callee */
	KIR_F_WEAK = 128,
	KIR_F_VARIADIC = 256
};

struct kir_func {
	kir_str name;
	uint32_t flags;
	struct kir_type ret;
	uint32_t param_first, param_count;	/* into vars */
	uint32_t local_first, local_count;	/* into vars */
	uint32_t temp_count;
	uint32_t block_first, block_count;	/* block 0 is the entry; blocks stand in
						 * reverse postorder, all reachable */
	uint32_t annot_first, annot_count;
	kir_str section;	/* ".init.text", or 0 */
	kir_str why;		/* KIR_F_FAILED: the reason, else 0 */
	kir_id loc, end_loc;	/* of the name; of the closing brace */
};

/* An integer constant of the unit that the rules ask for by name. */
struct kir_const {
	kir_str name;
	uint32_t zero;
	int64_t value;
};

/*
 * A module, all of it views into one image.  Every id in it has been checked:
 * code that reads a module needs no bounds checks of its own, except that
 * KIR_NONE may stand where a comment above allows it.
 */
struct kir_module {
	kir_str source;		/* path of the main file as the compiler was given it */
	kir_str producer;	/* "clang 22.1.8", for people */
	const char *strings;
	const struct kir_loc *locs;
	const struct kir_value *values;
	const struct kir_annot *annots;
	const struct kir_field *fields;
	const struct kir_record *records;
	const struct kir_var *vars;
	const struct kir_global *globals;
	const struct kir_init *inits;
	const struct kir_event *events;
	const uint32_t *args;
	const struct kir_block *blocks;
	const struct kir_succ *succs;
	const struct kir_func *funcs;
	const struct kir_const *consts;
	uint32_t nstrings;	/* bytes in the pool */
	uint32_t nlocs, nvalues, nannots, nfields, nrecords, nvars, nglobals;
	uint32_t ninits, nevents, nargs, nblocks, nsuccs, nfuncs, nconsts;

	const void *image;	/* owned: freed or unmapped by kir_close */
	size_t image_size;
	bool mapped;
};

/* The string at offset @s; never NULL. */
static inline const char *kir_string(const struct kir_module *m, kir_str s)
{
	return m->strings + s;
}

/*
 * Map and check the module in @path.  Returns NULL and writes one line that
 * says what is wrong and what to do to @err (of @errlen bytes) when the file
 * cannot be read, is not KIR, is of another version, is truncated, fails its
 * checksum, or holds an index out of bounds.  Free with kir_close().
 */
struct kir_module *kir_open(const char *path, char *err, size_t errlen);

/*
 * The same for an image in memory, which stays the caller's and must outlive
 * the module.  @name is used in messages only.
 */
struct kir_module *kir_from_memory(const void *image, size_t size,
				   const char *name, char *err, size_t errlen);

/* Write the image to @path through a temporary file beside it and rename(2).
 * Returns 0, or -1 with a message in @err; @path is then as it was. */
int kir_save(const struct kir_module *m, const char *path,
	     char *err, size_t errlen);

/* The checksum of the image: another one for what says anything else. */
uint64_t kir_identity(const struct kir_module *m);

/* Release a module; NULL is allowed. */
void kir_close(struct kir_module *m);

/* Names of enum values as the text form writes them: "add", "field", "call". */
const char *kir_op_name(enum kir_op op);
const char *kir_vkind_name(enum kir_vkind kind);

#ifdef __cplusplus
}
#endif
#endif
