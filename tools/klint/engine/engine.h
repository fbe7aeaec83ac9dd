/* SPDX-License-Identifier: MIT */
/*
 * The engine: from modules and the rules to one contract per function and the
 * places where a context and a need meet.
 *
 * A program is one or many modules (units).  Its functions are solved bottom-up
 * over the strongly connected components of the call graph (program.c).  One
 * function is solved by walking path states through its blocks (solve.c); calls
 * apply the contract of a rule or the callee's summary (call.c).  What cannot hold
 * is recorded as a violation; the checks turn violations into findings, and
 * explain.c tells the chain again only then, so solving carries no text.
 *
 * Nothing but contracts goes from one function to another: what is found in a
 * function follows from its code, the rules and its callees' contracts alone, in
 * whatever order and by whichever thread they are solved.
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
	uint32_t guarded;	/* NEED_HELD: the name of the field whose access needs it, or 0 */
	const struct rule *rule;	/* whose contract it is, or NULL: */
	uint32_t callee;	/* the function whose need it is, or KIR_NONE, */
	uint32_t sub;		/* and the number of that need in its summary */
	uint32_t number;	/* of this one in its summary */
	const struct violation *broken;	/* violated: where */
};

struct effect_lock {
	sym lock;
	uint32_t kind;
	int8_t depth;
	bool shared, may_touch, must_touch;
	origin at;
};

struct out {
	sym addr, value;	/* value SYM_NONE: the function's own, of which callers know */
	struct cons is;		/* only this */
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
	struct out *outs;	/* what is stored through parameters, and the
				 * members of a returned record (rooted in S_RET) */
};

#define ANSWER_GUARDS 4

/* What a pure function answers under conditions on what it is asked. */
struct answer {
	bool constant;		/* it is `ret`, else anything */
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
	bool unclear;		/* it leaves locks or the context in so many ways that none
				 * of them is to be relied on: outcomes tell what it
				 * touches, needs what it needs */
	bool pure;		/* reads its arguments and memory, and does nothing else */
	uint32_t nanswers;	/* pure: 0 when none of its answers is a constant */
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
	uint32_t func;		/* the function (struct def) that it stands in */
	origin site;		/* the event; V_IMBALANCE: ORIGIN_NONE */
	kir_id loc;		/* where it stands, when that is not at the event; or KIR_NONE */
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
	uint32_t via;		/* the caller (struct def) that passed what makes it true, or KIR_NONE */
	origin via_site;
};

/* Where an event stands and what it calls; all texts live as long as the program. */
struct site {
	const char *file;
	uint32_t line, col;
	const char *callee;	/* as people call it; "?" when it is no call */
	bool direct;		/* `callee` is the name of a function */
	uint32_t def;		/* that function, when its contract is known, or KIR_NONE */
};

/* A function is entered in a context because somebody registered it. */
struct entry {
	uint32_t func;		/* which is entered */
	uint32_t context;	/* of the rules */
	struct site at;		/* the registration */
	const char *by;		/* the registering function, or "": an initialiser */
	const char *how;	/* "timer_setup", "net_device_ops.ndo_open" */
};

struct exit_path {
	const struct state *state;
	struct cons ret;
	sym ret_sym;
	kir_id loc;
	uint32_t block;
};

/*
 * What is known of a function: its summary, in a form that belongs to no engine.
 * Symbols are indices into `nodes` (whose operands are indices, too, of earlier
 * nodes), origins into `sites`, functions are defs.
 */
struct contract {
	struct summary sum;
	uint32_t nnodes, nsites, nparams;
	struct sym_node *nodes;
	struct site *sites;
	const char **params;	/* names of the parameters, for people */
	bool borrows;		/* some sites are of other functions */
};

/* What solving a function may ask for, besides its own unit. */
enum subject_kind {
	SUBJECT_DEF,	/* the contract of the def */
	SUBJECT_SEEN,	/* whether the def, got hold of by address, is solved before */
	SUBJECT_NAME,	/* which def the name id means */
	SUBJECT_MEMBER,	/* what the program stores in members of that name id */
	SUBJECT_HOOK	/* whether fields of that name id are function pointers */
};
struct subject {
	uint32_t kind, id;
};

/* A function of the program.  One def stands for a header's function in all units in
 * which it is the same. */
struct def {
	uint32_t id, name;
	struct engine *unit;	/* where it is solved, as */
	uint32_t func;		/* this one; NULL: its contract is imported, */
	size_t offset;		/* from here, and read when somebody asks */
	const struct contract *contract;	/* NULL: not solved (yet, or for a gap); use
						 * def_contract() */
	const char *gap;	/* why it was not analysed, or NULL */
	uint32_t ncallers;	/* direct calls in the program */
	uint32_t nentries;
	const struct entry *entries;
	uint64_t hash;		/* of a header's function and of all that it calls there */
	uint32_t next;		/* another one of that name, or KIR_NONE */
	uint64_t ident;		/* the same in each run over the program */
	uint64_t says, whole;	/* what is known of it by now, see memo.c */
	struct record *record;	/* the one that is used, of */
	struct record *records;	/* those that there are */
};

/* A function that a unit defines or declares. */
struct func_info {
	const struct kir_func *f;
	uint32_t index;
	uint32_t name;			/* name id */
	uint32_t ncalls;		/* events of the unit that call it */
	const struct rule *rule;	/* its contract, which replaces the body */
	struct def *def;		/* its own definition, or NULL */
	struct def *target;		/* what calls of it reach: a strong definition, for a
					 * weak one; NULL: not defined anywhere */
	/* While a function is solved: */
	uint32_t epoch;
	const struct summary *sum;	/* use func_summary() */
	uint32_t nviolations;
	const struct violation **violations;
	uint32_t nexits;		/* by the time the summary is made */
};

struct engine_options {
	bool rt;
	uint32_t budget;	/* states per function, 0: default */
	unsigned int jobs;	/* threads, 0: one */
	bool observe;		/* keep what is seen at each call (observe.h), for ops_infer() */
};

/* One unit and what is needed to solve one of its functions at a time. */
struct engine {
	struct program *p;
	uint32_t index;			/* of the unit in the program */
	const struct kir_module *m;
	const struct rules *rules;
	struct engine_options opt;
	struct symtab *t;
	size_t mark;			/* symbols of the unit itself */
	struct arena *arena;		/* for the function that is being solved */
	struct arena *keep;		/* as long as the program */
	uint32_t epoch;			/* one more for each function */
	struct func_info *funcs;
	struct strmap *by_name;		/* function name → index */
	struct strmap *consts;
	struct strmap *globals;		/* name → index */
	const struct kir_annot **guarded;	/* kir value → what guards the field that it
						 * is, or NULL; NULL: no field is guarded */
	uint32_t *names;		/* kir value → name id (fields, globals, functions) */
	uint32_t *index_of;		/* kir value → index of the function or variable that it
					 * names, or KIR_NONE: engine_named() */
	uint32_t *records;		/* kir record → name id; of an anonymous member's, that
					 * of the record which C sees it as a part of */
	struct binding *statics;	/* const initialisers: address → value, sorted */
	size_t nstatics;
	struct target *targets;		/* what is stored in ops members, sorted */
	size_t ntargets;
	struct site *sites;		/* of callees' contracts: ORIGIN_FOREIGN + index */
	size_t nsites, sites_cap;
	struct imported *imported;	/* summaries of functions of other units */
	size_t nimported, imported_cap;
	struct observed *seen;		/* [event], or NULL: nobody asked */
	uint32_t *numbers;		/* contract.c: symbol → node + 1 */
	size_t nnumbers;
	struct subject *subjects;	/* that the function has asked for so far */
	size_t nsubjects, subjects_cap;
	uint64_t says;			/* kir_identity() (memo.c), */
	uint64_t binds;			/* and of what its functions' names mean */
};

/* A function that the module stores in a member of a record. */
struct target {
	uint32_t record, field;	/* name ids */
	uint32_t func;		/* index in the unit */
	kir_id loc;
	uint32_t by;		/* storing function (index) or KIR_NONE */
};

struct program {
	const struct rules *rules;
	struct engine_options opt;
	struct names *names;
	struct engine **units;
	size_t nunits;
	struct def *defs;
	uint32_t ndefs;
	uint32_t *def_of_name;		/* name id → first def, or KIR_NONE */
	size_t nnames;
	struct entry *entries;		/* sorted by function */
	struct imports *imports;	/* contracts of another program, or NULL */
	_Atomic bool *hooks;		/* [name id]: some record has a function pointer of
					 * that name */
	uint32_t *by_ident;		/* open addressing: def + 1 */
	size_t nidents;
	struct remembered *remembered;	/* what an earlier run has left, or NULL */
	const struct scc *order;	/* while it is being solved */
	struct targets *targets;	/* of calls through members, over all units; NULL when
					 * there is but one */
};

/* An empty program; the rules must outlive it. */
struct program *program_new(const struct rules *r, const struct engine_options *opt);
void program_free(struct program *p);
/* Add units, once; the modules must outlive the program. */
void program_add(struct program *p, const struct kir_module *const *modules, size_t n);
/* Functions that no unit defines do what the contracts in @data say (program_export()).
 * Before program_link(); @data must outlive the program.  False with a line in @err. */
bool program_import(struct program *p, const void *data, size_t size, char *err, size_t errlen);
/* Is it what program_export() has made, undamaged?  Else false with a line in @err. */
bool contracts_valid(const void *data, size_t size, char *err, size_t errlen);
/* The contracts of all functions that were solved, as bytes: malloc'd. */
unsigned char *program_export(struct program *p, size_t *size, size_t *count);
/* The contract of @d; NULL: it has none. */
const struct contract *def_contract(const struct program *p, const struct def *d);

/* Once all units are there: find out which name means which function, what is one
 * function in several units, and who registers what. */
void program_link(struct program *p);

/* What becomes of functions that are solved. */
struct audience {
	/* The function was solved or given up, and its symbols still mean something: what
	 * there is to say of it goes to @told. */
	void (*solved)(void *data, struct engine *e, struct func_info *fi, struct blob *told);
	/* The same for what its registrations make of the contract. */
	void (*entered)(void *data, struct engine *e, struct def *d, struct blob *told);
	/* What was told of @d, now or in an earlier run; once for each function that was
	 * solved and for each that is registered, on any thread, but on one at a time for
	 * each unit. */
	void (*hear)(void *data, const struct def *d, bool entered, const void *told, size_t n);
	void *data;
};
/* Solve the @n functions @wanted (ids of defs; NULL: all of them) and what they call.
 * @to may be NULL. */
void program_solve(struct program *p, const uint32_t *wanted, size_t n,
		   const struct audience *to);

/* What the last run has left, after program_link(): @data must outlive the program.
 * @stamp: of all that findings depend on besides the units.  False with a line in @err:
 * it is nobody's or another one's, and the program is as it was. */
bool program_recall(struct program *p, const void *data, size_t size, uint64_t stamp,
		    char *err, size_t errlen);
/* What this one leaves, malloc'd; NULL: the same as it was given. */
unsigned char *program_remember(struct program *p, uint64_t stamp, size_t *size);
/* Has what it was given failed it?  Then nothing that it has told is worth anything. */
bool program_betrayed(const struct program *p);
/* The def of that ident, or NULL. */
struct def *program_def_by_ident(const struct program *p, uint64_t ident);
/* The function that the unit means by @name, or NULL. */
struct func_info *engine_func(const struct engine *e, const char *name);
/* The function that the value names, or NULL when it does not name one that the unit knows. */
struct func_info *engine_named(const struct engine *e, kir_id value);
/* The rule of the function that the value names, or NULL. */
const struct rule *engine_rule(const struct engine *e, kir_id value);
/* The function of that name id, or NULL when the program does not define it. */
struct def *program_def(const struct program *p, uint32_t name);

/* What is being found depends on the subject. */
void engine_note(struct engine *e, enum subject_kind kind, uint32_t id);
/* The contract of @d, which is noted. */
const struct contract *engine_contract(struct engine *e, const struct def *d);
/* The function of the program that has the name, which is noted. */
struct def *engine_def(struct engine *e, uint32_t name);

/* Begin with another function: all summaries and symbols of the last one are gone. */
void engine_begin(struct engine *e);
/* Where the event, terminator or foreign site is. */
struct site engine_site(const struct engine *e, origin at);
/* The summary in the engine's symbols, until engine_begin(); NULL: not known. */
const struct summary *func_summary(struct engine *e, const struct func_info *fi);
const struct summary *def_summary(struct engine *e, const struct def *d);

/* contract.c: from a summary of the engine to a contract, in e->keep, and back. */
const struct contract *contract_make(struct engine *e, const struct kir_func *f,
				     const struct summary *sum);
const struct summary *contract_read(struct engine *e, const struct contract *c);

#endif
