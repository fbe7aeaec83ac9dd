/* SPDX-License-Identifier: MIT */
/*
 * Inside checks: what a lint is made of.  A lint claims violations of the engine
 * (or walks the functions itself) and words them; explain.c tells the chain.
 */
#ifndef KLINT_CHECK_H
#define KLINT_CHECK_H

#include "checks.h"
#include "engine/engine.h"
#include "pin/pin.h"

struct check_run {
	struct engine *e;
	const struct kir_module *m;
	const struct rules *r;
	struct arena *a;	/* for texts; gone when the run is over */
	struct finding_list *out;
	const struct check_options *opt;
	bool garbled;		/* what an earlier run has told cannot be read */
};

struct check {
	struct lint_info info;
	/* Word @v if it is of this lint; false when it is not. */
	bool (*violation)(struct check_run *run, const struct violation *v);
	/* Look at one function by itself; may be NULL. */
	void (*function)(struct check_run *run, const struct func_info *fi);
	/* Look at what a function does to pinned parts; may be NULL. */
	void (*pinned)(struct check_run *run, struct pin *pin, const struct pin_func *f);
};

extern const struct check check_atomic_sleep, check_context_imbalance, check_lock_imbalance,
	check_double_lock, check_unlock_not_held, check_lock_contract, check_rt_wait_context,
	check_guard_order, check_pin_publish_before_init, check_pin_use_before_init,
	check_pin_dropped_live, check_list_exclusive, check_init_unwind,
	check_pin_moved, check_pin_stack, check_pin_double_init, check_refcount_init,
	check_refcount_atomic;

/* run.c: the units as one linked program, with the contracts that @opt brings. */
struct program *checks_link(const struct kir_module *const *modules, size_t n,
			    const struct rules *r, const struct check_options *opt);

/* pinned.c: let the lints for pinned parts look at the functions of the program that are
 * not of headers. */
void pinned_run(struct pin *pin, struct check_run *(*of)(void *data, uint32_t unit),
		const struct check *const *checks, size_t n, void *data);
/* A finding of @lint in @f at its event @event; and a step at an event of a function. */
struct draft;
void pinned_begin(struct draft *d, struct check_run *run, const char *lint,
		  const struct pin_func *f, uint32_t event);
void pinned_step(struct draft *d, enum step_role role, const struct def *in, uint32_t event,
		 const char *text);
/* Steps from @d down to where it does it. */
void pinned_trace(struct draft *d, struct pin *pin, const struct def *from, enum pin_set set,
		  uint32_t part, const char *what);

/* A finding in the making. */
struct draft {
	struct check_run *run;
	struct klint_finding f;
	struct klint_step steps[32];
};

/* Start a finding of @lint for @v, at its place; the steps are still to come. */
void draft_begin(struct draft *d, struct check_run *run, const char *lint,
		 const struct violation *v);
void draft_step(struct draft *d, enum step_role role, uint32_t func, struct klint_place at,
		const char *text);
/* Where the event, or the code at the location of the unit, stands. */
struct klint_place place_at(const struct check_run *run, origin at);
struct klint_place place_of(const struct check_run *run, kir_id loc);
void draft_end(struct draft *d);

/* How the context came to be: the steps, and one phrase ("the spinlock
 * 'dev->lock' is held"). */
const char *explain_context(struct draft *d, const struct violation *v);
/* What was needed: the steps down to the rule's own function, whose name is
 * returned. */
const char *explain_need(struct draft *d, uint32_t func, const struct need *n);
/* Where the lock @lock of @kind in @func was taken at @at: the steps. */
void explain_taken(struct draft *d, uint32_t func, origin at, sym lock, uint32_t kind);
void explain_part(struct draft *d, uint32_t func, origin at, enum ctx_part part);
/* How people call @s in the function @func: "dev->lock". */
const char *explain_name(struct check_run *run, uint32_t func, sym s);
/* The same for the object that a lock's address points to. */
const char *explain_lock(struct check_run *run, uint32_t func, sym lock, uint32_t kind);
const char *part_phrase(enum ctx_part part);
const char *event_callee(const struct check_run *run, origin at);
const char *func_name(const struct check_run *run, uint32_t def);

#endif
