/* SPDX-License-Identifier: MIT */
/*
 * A path state: what holds at one point of one function, on some set of paths
 * that reach it, relative to the function's entry.
 *
 * Its *property* (context depths and lock depths) is what the checks ask about;
 * its *knowledge* (the values of variables and the facts that branches taught)
 * tells the states apart that a later branch will separate.  States of one
 * property may be joined; states of different properties never are.
 */
#ifndef KLINT_STATE_H
#define KLINT_STATE_H

#include "base/base.h"
#include "cons.h"
#include "rules/rules.h"
#include "sym.h"

#define STATE_LOCKS 24
#define STATE_FACTS 64
#define STATE_ENV 192
#define DEPTH_MAX 4	/* deeper lock or context depths are cut and widened */

/* Where something came from: an event's index in the unit, ORIGIN_FOREIGN + that of
 * a site of a callee's contract, ORIGIN_BLOCK + that of the block whose terminator it
 * is, or ORIGIN_NONE. */
typedef uint32_t origin;
#define ORIGIN_FOREIGN 0x48000000u
#define ORIGIN_BLOCK 0x80000000u
#define ORIGIN_NONE UINT32_MAX

enum widening {
	EXACT,
	BLURRED,	/* facts from before any lock was taken are lost: conditions that
			 * are tested again later may look independent */
	WIDENED		/* no finding may rest on it at all */
};

struct held {
	sym lock;	/* the lock's address */
	uint32_t kind;	/* lock kind */
	int8_t depth;	/* > 0 taken here, < 0 the caller's and released here, 0 both */
	bool shared;	/* taken for reading */
	bool may_touch;	/* some path took it here */
	bool must_touch;	/* every path took it here */
	bool exposed;	/* code that is not known has had its object since, */
	origin exposed_by;	/* in this call, */
	uint64_t given;	/* and branches have shown that these calls succeeded (hashed) */
	bool unclear;	/* a callee takes or gives it back on some ways only, and its
			 * result does not tell which */
	origin at;	/* where it was taken (depth > 0) or released (depth < 0) */
	origin released;	/* where it was released last */
};

struct fact {
	sym what;
	struct cons is;
	bool entry;	/* what memory it speaks of had not been stored to when it was
			 * learnt: it tells something of the entry */
};

struct binding {
	sym addr, value;
};

struct state {
	int8_t ctx[CTX_NPARTS];
	uint32_t ctx_may, ctx_must;	/* parts that were entered here: some, every path */
	origin ctx_at[CTX_NPARTS];
	uint32_t ctx_unclear;	/* parts that a callee changes on some ways only */
	uint32_t zero_parts;	/* parts that a test has shown to be zero at entry */
	bool last;	/* a branch has shown that the last reference to something is gone */
	bool flagged;	/* a branch has tested a flag that unknown code keeps: what the
			 * caller holds may have been given back */
	uint8_t widened;	/* enum widening: what was lost by joining beyond the bound */
	uint64_t property;	/* hash of it, set by state_seal(), and the bindings and facts as */
	uint64_t content;	/* a set of hashes: covers() looks at nothing else most times */
	uint16_t nlocks, nfacts, nenv;
	struct held *locks;	/* sorted by lock */
	struct fact *facts;	/* sorted by what */
	struct binding *env;	/* sorted by addr */
};

/* A state with room for everything, which the transfer functions change. */
struct work_state {
	struct state s;
	struct held locks[STATE_LOCKS];
	struct fact facts[STATE_FACTS];
	struct binding env[STATE_ENV];
};

void state_init(struct work_state *w);
/* After @w has been moved in memory. */
void state_fix(struct work_state *w);
void state_load(struct work_state *w, const struct state *s);
/* A copy of just the size that is needed, from @a. */
struct state *state_save(struct arena *a, const struct state *s);

/* Compute the hash of the property; before states are compared or saved. */
void state_seal(struct state *s);
bool state_same_property(const struct state *a, const struct state *b);
/* Every path that @b stands for is one that @a stands for. */
bool state_covers(const struct state *a, const struct state *b);
/* Join of two saved states of one property, into @w. */
void state_join(struct work_state *w, const struct state *a, const struct state *b);

struct cons state_fact(const struct state *s, sym what);
/* A new fact is no entry fact until state_note_entry() says so. */
void state_set_fact(struct work_state *w, sym what, const struct cons *c);
void state_note_entry(struct work_state *w, sym what);
/* Is there a fact about @what? */
bool state_has_fact(const struct state *s, sym what);
sym state_value(const struct state *s, sym addr);	/* SYM_NONE when unbound */
void state_bind(struct work_state *w, sym addr, sym value);
void state_unbind(struct work_state *w, sym addr);

struct held *state_lock(struct work_state *w, sym lock);	/* NULL when not there */
struct held *state_add_lock(struct work_state *w, sym lock, uint32_t kind);

/* Write @by for @what everywhere. */
void state_replace(struct work_state *w, struct symtab *t, sym what, sym by);
/* Drop what is known of the values that mention @what. */
void state_forget(struct work_state *w, struct symtab *t, sym what);

#endif
