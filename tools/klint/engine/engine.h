/* SPDX-License-Identifier: MIT */
/*
 * The engine: from a module and the rules to one summary per function and the
 * places where a context and a need meet.
 *
 * Functions are solved bottom-up over the strongly connected components of the
 * call graph (program.c).  One function is solved by walking path states
 * through its blocks (solve.c); calls apply the contract of a rule or the
 * callee's summary (call.c).  What cannot hold is recorded as a violation; the
 * checks turn violations into findings, and explain.c tells the chain again
 * only then, so solving carries no text.
 */
#ifndef KLINT_ENGINE_H
#define KLINT_ENGINE_H

#include "kir/kir.h"
#include "rules/rules.h"
#include "state.h"
#include "sym.h"

#define NEED_GUARDS 8
#define NEED_RELEASED 4

/* A condition on what the caller passes, in terms of its arguments. */
struct guard {
	sym what;
	struct cons is;
};

enum need_kind {
	NEED_WAIT,	/* a context of wait type `wait` or above */
	NEED_LOCK,	/* that `lock` can be taken: not held already */
	NEED_HELD,	/* that `lock` is held */
	NEED_NOT_HELD,
	NEED_PARTS,	/* that one of `parts` is not zero */
	NEED_NO_PARTS,	/* that all of `parts` are zero */
	NEED_CALL	/* what the function `lock` needs, called in this context */
};

/*
 * Something that a function needs of the context it is called in.  Everything
 * is in terms of the function's parameters and relative to its entry.
 */
struct need {
	enum need_kind kind;
	enum wait_type wait;
	bool widened;	/* seen on a widened state only */
	bool violated;	/* broken already, if the guards hold: the caller decides */
	bool last;	/* only when the last reference to something is given back */
	bool shared;	/* NEED_LOCK: for reading */
	bool any_state;		/* NEED_WAIT: whatever the task state is (cond_resched) */
	sym lock;
	uint32_t lock_kind;
	uint32_t parts;
	int8_t ctx[CTX_NPARTS];	/* depths at the point, relative to entry */
	uint32_t zero_parts;	/* shown to be zero by a test on the way */
	uint8_t nreleased, nguards;
	sym released[NEED_RELEASED];	/* the caller's locks, released on the way */
	struct guard guards[NEED_GUARDS];
	uint32_t hops;		/* calls from here down to the rule */
	origin site;		/* the event in this function */
	const char *guarded;		/* NEED_HELD: the field whose access needs it, or NULL */
	const struct rule *rule;	/* whose contract it is, or NULL: */
	uint32_t callee;	/* the function whose need it is */
	const struct need *sub;	/* and that need */
	const struct violation *broken;	/* violated: where */
};

struct effect_lock {
	sym lock;
	uint32_t kind;
	int8_t depth;
	bool shared, may_touch, must_touch;
	origin at;
};

/* One way in which a function returns. */
struct outcome {
	struct cons ret;
	sym ret_sym;		/* in the caller's terms, or SYM_NONE */
	uint8_t widened;	/* enum widening */
	int8_t ctx[CTX_NPARTS];
	origin ctx_at[CTX_NPARTS];
	uint32_t zero_parts;
	uint16_t nlocks, nguards, nouts;
	struct effect_lock *locks;
	struct guard guards[NEED_GUARDS];
	uint64_t unsure;	/* bit i: some of its exits store to *parameter i */
	struct binding *outs;	/* what is stored through parameters, and the
				 * members of a returned record (rooted in S_RET) */
};

#define ANSWER_GUARDS 4

/* What a pure function answers under conditions on what it is asked. */
struct answer {
	int64_t ret;
	uint8_t nguards;
	struct guard guards[ANSWER_GUARDS];
};

struct summary {
	uint32_t noutcomes, nneeds;
	struct outcome *outcomes;	/* none: it never returns */
	const struct need **needs;
	uint64_t writes;	/* bit i: may write through parameter i, */
	uint64_t hidden;	/* and not only by `*p = v`, which outcomes tell */
	uint64_t derefs;	/* bit i: has dereferenced parameter i when it returns */
	bool pure;		/* reads its arguments and memory, and does nothing else */
	uint32_t nanswers;	/* pure: 0 when not all its answers are constants */
	struct answer *answers;
	uint32_t nstored;
	uint32_t *stored;	/* names of members it may store to, sorted */
};

enum violation_kind {
	V_WAIT,			/* need->wait is above the context's */
	V_DOUBLE_LOCK,
	V_NOT_HELD,		/* released although not held */
	V_CONTRACT,		/* a NEED_HELD, NEED_NOT_HELD, NEED_(NO_)PARTS is not met */
	V_IMBALANCE		/* a return with other depths than its siblings */
};

struct violation {
	enum violation_kind kind;
	uint32_t func;		/* index of the kir function it stands in */
	origin site;		/* the event; V_IMBALANCE: ORIGIN_NONE */
	kir_id loc;		/* where it stands */
	const struct need *need;	/* V_WAIT, V_CONTRACT, V_DOUBLE_LOCK through a call */
	enum wait_type wait;	/* V_WAIT: what the context allows */
	sym lock;		/* the lock in question, or SYM_NONE: */
	uint32_t lock_kind;
	enum ctx_part part;	/* the part of the context in question */
	origin cause;		/* where the context was set, in the same function */
	const struct entry *entry;	/* or the registration that set it */
	int8_t depth;		/* V_IMBALANCE: at this return; */
	kir_id sibling;		/* the location of a return that differs */
	struct cons ret;	/* V_IMBALANCE: what is returned */
	bool cleanup;		/* the event is a cleanup call */
	uint32_t via;		/* the caller that passed what makes it true, or KIR_NONE */
	origin via_site;
};

/* A function is entered in a context because somebody registered it. */
struct entry {
	uint32_t func;		/* which is entered */
	uint32_t context;	/* of the rules */
	kir_id loc;		/* of the registration */
	uint32_t by;		/* registering function, or KIR_NONE: an initialiser */
	const char *how;	/* "timer_setup", "net_device_ops.ndo_open" */
};

struct exit_path {
	const struct state *state;
	struct cons ret;
	sym ret_sym;
	kir_id loc;
	uint32_t block;
};

struct func_info {
	const struct kir_func *f;
	uint32_t index;
	const struct rule *rule;	/* its contract, which replaces the body */
	const struct summary *sum;	/* NULL: not solved (declaration, gap) */
	const char *gap;		/* why it was not analysed, or NULL */
	uint32_t ncallers;		/* direct calls in this module */
	uint32_t nviolations;
	const struct violation **violations;
	uint32_t nentries;
	const struct entry *entries;
	uint32_t nexits;		/* by the time the summary is made */
};

struct engine_options {
	bool rt;
	uint32_t budget;	/* states per function, 0: default */
};

struct engine {
	const struct kir_module *m;
	const struct rules *rules;
	struct engine_options opt;
	struct symtab *t;
	struct arena *arena;
	struct func_info *funcs;
	struct strmap *by_name;		/* function name → index */
	struct strmap *consts;
	struct strmap *globals;		/* name → index */
	const struct kir_annot **guarded;	/* kir value → what guards the field that it
						 * is, or NULL; NULL: no field is guarded */
	uint32_t *names;		/* kir value → name id (fields, globals, functions) */
	struct binding *statics;	/* const initialisers: address → value, sorted */
	size_t nstatics;
	struct target *targets;		/* what is stored in ops members, sorted */
	size_t ntargets;
};

/* A function that the module stores in a member of a record. */
struct target {
	uint32_t record, field;	/* name ids */
	uint32_t func;
	kir_id loc;
	uint32_t by;		/* storing function or KIR_NONE */
};

/* Solve the whole module.  The module and the rules must outlive the engine. */
struct engine *engine_solve(const struct kir_module *m, const struct rules *r,
			    const struct engine_options *opt);
void engine_free(struct engine *e);

/* Where the event or the terminator stands. */
kir_id engine_loc(const struct engine *e, origin at);

/* The function called @name, or NULL. */
struct func_info *engine_func(const struct engine *e, const char *name);

#endif
