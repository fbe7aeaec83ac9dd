/* SPDX-License-Identifier: MIT */
/*
 * The kernel's contracts as data: what the API that is called by name needs of
 * its context and does to it.  Loaded once from rules/ *.yaml, immutable after.
 * Written and explained for people in docs/rules.md; checked by
 * rules/schema.json.
 */
#ifndef KLINT_RULES_H
#define KLINT_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define RULES_NONE UINT32_MAX

/* What a context needs of, or allows to, a lock: lockdep's wait types. */
enum wait_type { WAIT_FREE, WAIT_SPIN, WAIT_CONFIG, WAIT_SLEEP };

/*
 * The parts of the execution context vector.  Each is a depth.  YAML names are
 * the lower-case names with '-' for '_': "rcu-bh".
 */
enum ctx_part {
	CTX_HARDIRQ,	/* serving a hard interrupt */
	CTX_SOFTIRQ,	/* serving a softirq (timer, tasklet, napi, rcu callback) */
	CTX_NMI,
	CTX_IRQ,	/* interrupts disabled */
	CTX_BH,		/* bottom halves disabled */
	CTX_PREEMPT,	/* preemption disabled */
	CTX_RAW,	/* a raw spinlock is held by somebody above */
	CTX_SPIN,	/* a spinlock or rwlock is held by somebody above */
	CTX_RCU, CTX_RCU_BH, CTX_RCU_SCHED, CTX_SRCU,
	CTX_MIGRATE, CTX_PAGEFAULT, CTX_NON_BLOCK,
	CTX_STATE,	/* current->state is not TASK_RUNNING */
	CTX_NPARTS
};

/* "hardirq", "rcu-bh", …; and back: CTX_NPARTS when unknown. */
const char *ctx_part_name(enum ctx_part part);
enum ctx_part ctx_part_by_name(const char *name);
/* The wait type that is left when the part's depth is not 0 (context rules of
 * Documentation/locking/locktypes.rst; WAIT_SLEEP = no restriction). */
enum wait_type ctx_part_wait(enum ctx_part part);

/*
 * An expression of a rule: root, then steps from left to right.
 * "$1->dev.lock": arg 1, DEREF, FIELD dev, FIELD lock.  "&$1->lock": the same
 * with `addr`.  "rtnl_mutex": the global; "&rtnl_mutex" its address.
 * "ret->x": rooted in the result.
 */
enum rule_root { ROOT_NONE, ROOT_ARG, ROOT_RET, ROOT_GLOBAL, ROOT_INT };
struct rule_step {
	const char *field;	/* NULL: a dereference */
};
struct rule_expr {
	enum rule_root root;
	uint32_t arg;		/* ROOT_ARG: from 1 */
	const char *name;	/* ROOT_GLOBAL */
	int64_t imm;		/* ROOT_INT */
	uint32_t nsteps;
	const struct rule_step *steps;
	bool addr;		/* the address of the place, not what it holds */
	const char *text;	/* as written */
};

/* One comparison: (lhs [& mask]) cmp rhs.  A constant is a number, or a name
 * that is looked up in the translation unit. */
enum rule_cmp { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE };
struct rule_const {
	const char *name;	/* NULL: imm */
	int64_t imm;
};
struct rule_term {
	struct rule_expr lhs;	/* ROOT_RET or ROOT_ARG */
	bool masked;
	struct rule_const mask;
	enum rule_cmp cmp;
	struct rule_const rhs;
};
/* All terms hold; zero terms: always. */
struct rule_cond {
	uint32_t nterms;
	const struct rule_term *terms;
	const char *text;	/* as written, or NULL */
};

/* A kind of lock, from a `lock-kind:` entry. */
struct rule_lock_kind {
	const char *name;	/* "mutex" */
	enum wait_type inner;	/* the context that holding it creates */
	enum wait_type outer;	/* the context that taking it needs */
	bool recursive;		/* may be taken again by its holder */
	bool owned;		/* must be released by the context that took it */
};

enum rule_effect_kind {
	EFFECT_SLEEP,	/* may sleep: needs WAIT_SLEEP */
	EFFECT_WAIT,	/* needs `wait` (WAIT_CONFIG: may sleep on PREEMPT_RT) */
	EFFECT_ACQUIRE,	/* `lock` of `lock_kind` is held after it */
	EFFECT_RELEASE,
	EFFECT_ENTER,	/* depth of `part` grows by one */
	EFFECT_LEAVE,
	EFFECT_RESTORE,	/* as EFFECT_LEAVE; what was before may have been the same */
	EFFECT_SET,	/* depth of `part` becomes one, if it is not more: does not nest */
	EFFECT_RESET,	/* depth of `part` becomes zero (set_current_state(TASK_RUNNING)) */
	EFFECT_REQUIRE,	/* `lock` must be held */
	EFFECT_FORBID,	/* `lock` must not be held */
	EFFECT_REQUIRE_PART,	/* depth of `part` must not be zero */
	EFFECT_FORBID_PART	/* depth of `part` must be zero */
};
struct rule_effect {
	enum rule_effect_kind kind;
	struct rule_expr lock;
	uint32_t lock_kind;	/* index, or RULES_NONE for REQUIRE/FORBID */
	bool shared;		/* reader side */
	bool trylock;		/* never waits: no outer wait type is needed */
	bool nested;		/* lockdep subclass given: no double-lock verdict */
	enum ctx_part part;
	enum wait_type wait;
	uint32_t unless;	/* EFFECT_SLEEP: not in any of these parts of the context */
	struct rule_cond cond;	/* on arguments: when it happens; on ret: when it has happened */
	uint32_t line;		/* in the rule's file */
};

/* What is known of the result. */
enum rule_ret_kind {
	RET_UNKNOWN,
	RET_EXPR,		/* equals expr */
	RET_IS_ERR,		/* nonzero iff expr is an error pointer */
	RET_IS_ERR_OR_NULL,
	RET_ERR_OR_ZERO,	/* PTR_ERR_OR_ZERO(expr) */
	RET_STABLE,		/* the same for the same arguments, within one function */
	RET_LAST,		/* not zero exactly when it was the last reference */
	RET_NOT_LAST,		/* zero exactly when it was the last reference */
	RET_ERR_PTR,		/* equals expr, which is an error number or 0 */
	RET_NONNULL,		/* neither null nor an error pointer */
	RET_NOT_NULL,		/* an object or an error pointer */
	RET_TEST,		/* nonzero iff any part in `parts` is not zero */
	RET_TEST_NOT		/* zero iff any part in `parts` is not zero */
};
struct rule_ret {
	enum rule_ret_kind kind;
	struct rule_expr expr;
	uint32_t parts;		/* bit 1 << enum ctx_part */
};

/* A named execution context, from a `context:` entry. */
struct rule_context {
	const char *name;	/* "hardirq" */
	uint32_t parts;		/* bits 1 << enum ctx_part that are not zero */
	uint32_t rt_parts;	/* the same on PREEMPT_RT (defaults to parts) */
	bool bare;		/* entered with no lock held by anybody above */
	const char *why;	/* for people: "a hard interrupt handler" */
};

/* The function calls, now or later, what it is given. */
struct rule_call {
	struct rule_expr fn;
	uint32_t context;	/* index of a context, or RULES_NONE: the caller's own (runs now) */
	struct rule_cond cond;
	const char *until;	/* the name of what ends it, or NULL */
	uint32_t line;
};

/* The contract of one name (function or macro). */
struct rule {
	const char *name;
	const char *file;	/* rule file */
	uint32_t line;
	uint32_t min_args, max_args;	/* max RULES_NONE: any number */
	bool noreturn;
	bool warns;		/* the kernel holds a path that comes here to be impossible */
	bool annotation;	/* an `annotation:` entry: stands on declarations */
	uint32_t neffects;
	const struct rule_effect *effects;
	uint32_t ncalls;
	const struct rule_call *calls;
	struct rule_ret ret;
	const char *source;	/* where the kernel says so, or NULL */
};

/* Functions stored in record.field are entered in this context. */
struct rule_ops {
	const char *record, *field;
	uint32_t context;
	const char *file;
	uint32_t line;
	const char *source;	/* who calls it, in the kernel */
	const char *until;	/* the name of the function that ends its calls, or NULL */
	uint32_t nexcept;
	const char *const *except;	/* functions whose calls the row does not speak of */
};

struct rule_member {
	const char *record, *field;
};

/* When in the life of an object a driver's function is called. */
enum rule_phase {
	PHASE_NONE,
	PHASE_BIND,	/* the object begins */
	PHASE_PAUSE,	/* it rests, and goes on later */
	PHASE_UNBIND	/* it ends */
};

/* What a function does to a pinned part of an object, or to the object. */
enum touch_action {
	TOUCH_INIT,	/* initialised after it */
	TOUCH_STACK,	/* the same, of an object on the stack */
	TOUCH_USE,	/* must have been initialised */
	TOUCH_ARM,	/* the same; live after it: queued, pending, linked */
	TOUCH_STOP,	/* the same; neither live nor running after it */
	TOUCH_SHUT,	/* the same, and cannot be armed again */
	TOUCH_UNQUEUE,	/* the same; not live after it, but it may still run */
	TOUCH_WAIT,	/* the same; whoever does it waits until it tells that something is done */
	TOUCH_WAIT_SOME,	/* the same, but it may give up before */
	TOUCH_WALK,	/* the same: a list's first entry is read, or a node's next */
	TOUCH_SPLICE,	/* a list head: its entries are in another list, it points to them still */
	TOUCH_LINK,	/* a node: in a list, after it */
	TOUCH_UNLINK,	/* a node, which must be in a list or initialised: in none after it */
	TOUCH_UNSTACK,	/* a part of an object on the stack, of which it is the end */
	TOUCH_COPY,	/* an object is copied, byte by byte */
	TOUCH_ALLOC,	/* memory, which is nobody's yet */
	TOUCH_MANAGE,	/* memory that goes when its device's driver is unbound */
	TOUCH_BORROW,	/* the same, of an object that somebody else has made */
	TOUCH_FREE,
	TOUCH_PUBLISH,	/* others may reach it, and call what it holds, from here on */
	TOUCH_UNDO,	/* a function, called when what it belongs to goes */
	TOUCH_ENTER,	/* something is registered, which a function undoes */
	TOUCH_LEAVE,	/* that function */
	TOUCH_BIND,	/* a part gets its callback (of stores, not of rules) */
	TOUCH_SET	/* a pointer points to something after it (of stores, not of rules) */
};
struct rule_touch {
	const char *name;	/* of the function or macro */
	enum touch_action action;
	uint32_t kind;		/* index of the `pinned:` entry */
	uint32_t arg;		/* from 1; 0: the result */
	uint32_t next;		/* of the same name, or RULES_NONE */
};
/* A kind of thing that is pinned, from a `pinned:` entry; of memory and publication there
 * is an entry, too, that has no records. */
struct rule_pinned {
	struct rule_member at;	/* the member that holds it, of whatever object: each driver has
				 * one; record NULL: it is none of that kind */
	const char *name;	/* "work" */
	const char *why;	/* for people: "may be queued or running" */
	bool ends;		/* a callback that uses it tells that it has done with the object */
	bool waits;		/* somebody must wait for that */
	bool counts;		/* references */
	bool bytes;		/* a copy of it harms nobody who does not take it for the thing */
	bool stacks;		/* it has another form on the stack */
	bool late;		/* is not on its workqueue before its time has come */
	uint32_t nrecords;
	const char *const *records;	/* "work_struct" */
};

struct rules;

/*
 * Load every *.yaml below each of @dirs, in that order and in the order of
 * file names; a later entry for the same name replaces an earlier one when it
 * says `override: true`, and is an error otherwise.  On error returns NULL and
 * prints each problem as "file:line: error: …" to @err (at most 20).
 */
struct rules *rules_load(const char *const *dirs, size_t ndirs, FILE *err);
/* The same for one file's text of @len bytes; @name stands in messages. */
struct rules *rules_load_memory(const char *text, size_t len, const char *name,
				FILE *err);
/* Other texts, another number. */
uint64_t rules_hash(const struct rules *r);
void rules_free(struct rules *r);

/* The contract of @name, or NULL.  Names of annotations are looked up apart. */
const struct rule *rules_find(const struct rules *r, const char *name);
const struct rule *rules_find_annotation(const struct rules *r, const char *name);
const struct rule_ops *rules_find_ops(const struct rules *r, const char *record,
				      const char *field);
const struct rule_lock_kind *rules_lock_kind(const struct rules *r, uint32_t kind);
/* The kind of that name, or RULES_NONE. */
uint32_t rules_find_lock_kind(const struct rules *r, const char *name);
const struct rule_context *rules_context(const struct rules *r, uint32_t context);

/* What the function or macro does to pinned things, or NULL; and what else. */
const struct rule_touch *rules_touch(const struct rules *r, const char *name);
const struct rule_touch *rules_next_touch(const struct rules *r, const struct rule_touch *t);
const struct rule_pinned *rules_pinned(const struct rules *r, uint32_t kind);
/* The kind that has the record, or NULL. */
const struct rule_pinned *rules_pinned_record(const struct rules *r, const char *record);
/* Members that are, or point to, memory for an object of whoever uses the record, gone when
 * that goes: @n of them. */
const struct rule_member *rules_carriers(const struct rules *r, size_t *n);
/* The function that undoes what @name does: the first one (@i 0), the second one, …; NULL:
 * there are no more. */
const char *rules_undone(const struct rules *r, const char *name, size_t i);
/* Does @name make something known to others, until that is undone? */
bool rules_registers(const struct rules *r, const char *name);
/* Does the function undo what some other does? */
bool rules_undoes(const struct rules *r, const char *name);
/* When functions that are stored in record.field are called. */
enum rule_phase rules_phase(const struct rules *r, const char *record, const char *field);

/* All of them, in a fixed order (file, line, name). */
size_t rules_count(const struct rules *r);
const struct rule *rules_at(const struct rules *r, size_t i);
size_t rules_ops_count(const struct rules *r);
const struct rule_ops *rules_ops_at(const struct rules *r, size_t i);

/*
 * What a front end must know of the rules, one per line: "m NAME" for a function or macro
 * whose contract replaces its body, "p NAME" for one that is to be seen if it is a macro,
 * "a NAME" for an annotation, "c NAME" for a constant that conditions mention.  Sorted and
 * without duplicates.
 */
void rules_write_names(const struct rules *r, FILE *out);

#endif
