/* SPDX-License-Identifier: MIT */
/* Inside the engine: one function being solved. */
#ifndef KLINT_SOLVER_H
#define KLINT_SOLVER_H

#include "engine.h"
#include "flow.h"

/* Program points of FRESH symbols: an event's index in the module, or: */
#define POINT_OPAQUE	0x40000000u	/* + number of the opaque value */
#define POINT_LOOP	0x50000000u	/* + variable: changed by a loop */
#define POINT_ERROR	0x60000000u	/* + variable: some error number */
#define POINT_OUT	0x70000000u	/* + event: written through a pointer by a call */
#define POINT_FLAG	0x78000000u	/* + event: the same of a flag that was set before */
#define POINT_FLAG_END	0x80000000u

struct solver {
	struct engine *e;
	struct func_info *fi;
	const struct kir_func *f;
	struct flow *fl;
	struct arena *tmp;	/* gone when the function is done */
	struct need **needs;
	size_t nneeds, needs_cap;
	struct violation **violations;
	size_t nviolations, violations_cap;
	struct exit_path *exits;
	size_t nexits, exits_cap;
	uint32_t *stored;	/* names of members stored to, each once if flow knows it: */
	size_t nstored, stored_cap;
	uint64_t *noted;	/* those of fl->stores that are among them, */
	const struct summary **applied;	/* and callees whose stores are */
	size_t napplied, applied_cap;
	uint64_t *changed;	/* members that may have been stored to before the event */
	uint32_t block;		/* that is being walked */
	uint32_t steps;		/* states walked so far */
	const char *gap;
	struct work_state *out;	/* states that a call leaves besides the first: */
	size_t nout, out_cap;
};

/* eval.c: values and what is known of them. */
sym eval_value(struct solver *sv, struct work_state *w, kir_id v);
sym eval_addr(struct solver *sv, struct work_state *w, kir_id place);
sym eval_load(struct solver *sv, const struct state *s, sym addr);
struct cons eval_cons(struct solver *sv, const struct state *s, sym x);
/* Learn that @x is, or is not, zero.  False: it cannot be. */
bool eval_assume(struct solver *sv, struct work_state *w, sym x, bool nonzero);
/* False: what is known of a pure function's answer is not what it answers to what is
 * known of its arguments by now. */
bool eval_is_consistent(struct solver *sv, const struct state *s);
bool eval_assume_cons(struct solver *sv, struct work_state *w, sym x, const struct cons *c);
/* The symbol FRESH(@point), after the state has forgotten its last value. */
sym eval_fresh(struct solver *sv, struct work_state *w, uint32_t point);
/* store.c: */
void eval_store(struct solver *sv, struct work_state *w, sym addr, sym value, origin at);
/* The members that the callee stores to, of any object, may be changed by the call @at. */
void eval_forget_stored(struct solver *sv, struct work_state *w, const struct summary *sum,
			origin at);
/* Every load that @x speaks of still is what memory held at entry. */
bool eval_is_entry(const struct solver *sv, const uint64_t *changed, sym x);
void eval_copy(struct solver *sv, struct work_state *w, sym dst, sym src);
/* Parts of the context that are not zero here, held spinlocks included. */
uint32_t eval_parts(const struct engine *e, const struct state *s);

/* A callee's symbol in the caller's terms. */
struct translated {
	sym callees, callers;
	struct cons is;
};

#define CALL_TERMS 16

struct call_args {
	const sym *args;
	uint32_t n;
	sym ret;		/* what S_RET stands for, or SYM_NONE */
	origin at;		/* the call */
	struct translated *terms;	/* [CALL_TERMS]: as long as the state stays, or NULL */
};
sym eval_subst(struct solver *sv, const struct state *s, sym x, const struct call_args *c);
/* The same for an expression of a rule, in terms of parameters. */
sym eval_rule_expr(struct engine *e, const struct rule_expr *x);
/* The terms of @cond that speak of arguments, as guards; false when one cannot
 * be told (a constant that the unit does not have). */
bool eval_rule_guards(struct engine *e, const struct rule_cond *cond, bool on_ret,
		      struct guard *guards, uint8_t *n);

/* apply.c: a call of @d, whose summary is @sum; the result goes to @dst.  False: it
 * does not return. */
bool summary_apply(struct solver *sv, struct work_state *w, const struct def *d,
		   const struct summary *sum, struct call_args *c, sym dst, bool cleanup);

/* annot.c: what the function @f says that it needs or, with @changes, does to locks; of
 * one with a body that is known better from there. */
void annots_apply(struct solver *sv, struct work_state *w, const struct kir_func *f,
		  struct call_args *c, bool changes);
/* Does an annotation of the function itself have an effect of this kind? */
bool annots_say(const struct solver *sv, enum rule_effect_kind kind);
/* Find the places of the module that are fields whose declaration says what guards them. */
void annots_index_fields(struct engine *e);
/* What the event @at, or the terminator of the block of that index in the module, needs
 * to be held for the guarded fields that it reads or writes. */
void annots_access(struct solver *sv, struct work_state *w, uint32_t at);
void annots_access_end(struct solver *sv, struct work_state *w, uint32_t block);

/* doubt.c: the branch has told of calls that had a held lock's object. */
void doubt_note_success(struct solver *sv, struct work_state *w);
/* Does the state know the opposite of what was known before a store to such a member, of
 * this object or of another?  It may be so; nothing may rest on it. */
bool doubt_has_changed(struct solver *sv, const struct state *s);
/* The branch on @v has told that the last reference is gone.  Whether that can be under
 * a caller's locks hangs on references that nobody here sees. */
void doubt_note_last(struct solver *sv, struct work_state *w, sym v);
/* Does @x speak of a flag that code which is not known was given to keep? */
bool doubt_is_flag(const struct symtab *t, sym x);
/* What is held hangs on such a flag (`locked`, `dropped`) from here on. */
void doubt_all(struct work_state *w);
/* Forget what earlier volatile reads have shown of what @v, or with SYM_NONE any value,
 * reads anew.  False: nothing. */
bool doubt_forget_volatile(const struct solver *sv, struct work_state *w, sym v);

/* lock.c: locks and context depths. */
const struct rule_lock_kind *lock_kind(const struct engine *e, uint32_t kind);
/* The address may stand for several locks. */
bool lock_is_vague(const struct engine *e, sym lock);
void lock_acquire(struct solver *sv, struct work_state *w, sym lock, uint32_t kind,
		  bool shared, bool quiet, origin at);
void lock_release(struct solver *sv, struct work_state *w, sym lock, uint32_t kind, origin at,
		  bool quiet);
void ctx_enter(struct work_state *w, enum ctx_part part, int by, origin at);
/* Is @lock held, as far as can be told?  1 yes (or an alias may be), 0 it was
 * released here, -1 not known. */
int lock_is_held(struct solver *sv, const struct state *s, sym lock);
bool lock_has_sister(const struct solver *sv, const struct state *s, const struct held *h);
const struct held *lock_find(struct solver *sv, const struct state *s, sym lock, uint32_t kind);

/* need.c: what a callee needs meets the state at the call. */
void need_apply(struct solver *sv, struct work_state *w, const struct need *n,
		const struct call_args *c, uint32_t callee, bool cleanup);
/* The wait type that the state leaves, with the depths @extra that a callee has added;
 * what decides it goes to @v (part, lock, lock_kind, cause).  @need: for whom, and
 * @any_state: whatever the task state is. */
enum wait_type need_wait_here(struct engine *e, const struct state *s,
			      const int8_t *extra, enum wait_type need, bool any_state,
			      struct violation *v);
/* Does the condition say that somebody's driver has no function for something? */
bool need_is_missing_hook(struct engine *e, const struct guard *g);
/* Is @x told by this function's parameters alone, so that callers can decide? */
bool need_is_callers(const struct symtab *t, sym x);
/* Translate the guards of the callee's @n to those of @out; false: the need does not arise
 * here.  *defer: it may, and the callers can tell. */
bool need_translate_guards(struct solver *sv, struct work_state *w, const struct need *n,
			   const struct call_args *c, struct need *out, bool *defer);
/* What this path knows of the parameters, and @of_memory at entry: the need arises only then.
 * False: never. */
bool need_add_path_guards(struct solver *sv, const struct state *s, struct need *n,
			  bool of_memory);
/* The function's callers are to meet the need. */
void need_export(struct solver *sv, const struct need *n);

/* callback.c: a NEED_CALL, in the caller's terms. */
void callback_meet(struct solver *sv, struct work_state *w, struct need *out);
/* A new violation at the event @at, or NULL when it has one of this kind. */
struct violation *solver_violate_at(struct solver *sv, enum violation_kind kind, origin at);
/* The same, unless the state is too uncertain. */
struct violation *solver_violate(struct solver *sv, const struct state *s,
				 enum violation_kind kind, origin at);

/* rule.c: contracts of rules. */
sym rule_apply(struct solver *sv, struct work_state *w, const struct rule *rule,
	       struct call_args *c, bool cleanup);
void rule_need(struct solver *sv, struct work_state *w, const struct rule *rule,
	       const struct rule_effect *ef, const struct call_args *c, bool cleanup);
void rule_change(struct solver *sv, struct work_state *w, const struct rule_effect *ef,
		 const struct call_args *c);
/* Learn that @g holds, or with @negate that it does not; false: impossible. */
bool rule_assume_guard(struct solver *sv, struct work_state *w, const struct guard *g,
		       const struct call_args *c, bool negate);

/* call.c: one event; a second state that it leaves. */
void call_leave_state(struct solver *sv, const struct work_state *w);
/* Locals whose address the callee gets (bit i of @writes: through argument i) may hold
 * anything after. */
void call_forget_pointed(struct solver *sv, struct work_state *w, const struct call_args *c,
			 uint64_t writes);
/* Does the callee get a function that takes or gives back locks? */
bool call_has_locking_callback(struct solver *sv, const struct call_args *c);
bool call_event(struct solver *sv, struct work_state *w, uint32_t ev);

/* summary.c */
const struct summary *summary_make(struct solver *sv);
/* Do the two leave the same locks and depths? */
bool outcome_same_effect(const struct outcome *a, const struct outcome *b);
/* Do all ways of the function? */
bool summary_is_uniform(const struct summary *sum);
/* writes.c: bit i: parameter i may be written through. */
/* *hidden: those for which the stores are not all of the form `*p = v`. */
uint64_t writes_infer(struct solver *sv, bool *pure, uint64_t *hidden);
/* imbalance.c: compare the exits with each other. */
void check_exits(struct solver *sv);

/* forget.c: forget what no instruction from the start of @block on can ask for; @strict:
 * and what only helps to tell the function's ways apart. */
void forget_unused(const struct solver *sv, struct work_state *w, uint32_t block, bool strict);
/* Where paths meet: that a variable holds some error is all that matters of an error. */
void forget_error_numbers(struct solver *sv, struct work_state *w);
/* A round of the loop of @head is over: what grows in it is unknown at the next. */
void forget_round(struct solver *sv, struct work_state *w, uint32_t head);

/* The function whose address a path has got hold of, by its name: one of this unit, or
 * the program's; NULL: it is not known before this one is. */
struct def *solver_named(struct solver *sv, uint32_t name);
/* solve.c: solve one function with the contracts that there are; NULL: it could not be
 * (the def has the reason). */
const struct summary *solve_function(struct engine *e, struct func_info *fi);

#endif
