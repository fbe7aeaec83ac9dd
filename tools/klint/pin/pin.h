/* SPDX-License-Identifier: MIT */
/*
 * What happens to the pinned parts of objects, function by function, by the `pinned:`
 * entries of the rules: where they are initialised, used, made live and stopped, and
 * where callbacks are registered.
 *
 * A part is told by the record and the member that it is, "foo.work", not by the object:
 * what one driver does to its objects, it does to all of them.
 */
#ifndef KLINT_PIN_H
#define KLINT_PIN_H

#include "engine/engine.h"

/* A member of a record that is, or points to, something pinned. */
struct pin_part {
	uint32_t record, field;	/* name ids; record KIR_NONE: a variable of that name */
	uint32_t kind;		/* of the rules, by what first touched it; KIR_NONE: a pointer */
	uint32_t next;		/* part of the same record, or KIR_NONE */
	bool shared;		/* the record is declared in a header: other units know it */
	bool ours;		/* in the directory of one of the units */
	bool made;		/* a variable: it is initialised where it is defined */
};

/* What the whole program does to a part. */
struct pin_stats {
	uint32_t inits;		/* functions that initialise it */
	uint32_t uses;		/* events for which it must have been initialised */
	uint32_t arms, stops, unqueues;	/* events; stops: those that wait */
	uint32_t links;		/* events that put it into a list */
	uint32_t sets;		/* events that make a pointer point to something */
	bool handed_on;		/* its address goes to a function of which nothing is known here */
	const struct pin_func *armed_in, *initialised_in, *stopped_in;	/* one of them, or NULL */
	const struct pin_touch *armed_by, *initialised_by, *stopped_by;
	const struct pin_func *used_in;		/* one of them, or NULL */
	const struct pin_touch *used_by;
	bool awaited;		/* who ends such objects waits for what it tells */
	const struct pin_func *begun_in;	/* where it is initialised as its object is made, or NULL */
	const struct pin_touch *begun_by;
	const struct pin_func *rests_in;	/* where it is stopped, but not for good, or NULL */
	const struct pin_touch *rests_by;
	const struct pin_func *unqueued_in;	/* where it is best waited for, and is not, or NULL */
	const struct pin_touch *unqueued_by;
	const struct def *callback;	/* what runs when it is due, or NULL */
	bool callbacks;		/* more than one */
	uint32_t queue;		/* the part that is the workqueue on which it is queued, or KIR_NONE */
	bool other_queue;	/* or it is queued on one that has no name */
};

/* An event of a function that does something to a part. */
struct pin_touch {
	uint32_t part;		/* KIR_NONE: to memory, or what is published has no name */
	uint32_t kind;
	enum touch_action action;
	uint32_t block, event;
	uint32_t record;	/* TOUCH_ALLOC, _MANAGE, _FREE, _PUBLISH: name id of the object's
				 * record, or KIR_NONE; TOUCH_ENTER, _LEAVE: of the function */
	uint32_t object;	/* the variable that the object is in, see pin_variable(), or
				 * KIR_NONE; TOUCH_COPY: the record of the module */
};

/* The variable of its function that points to the object which the value is, or is the
 * address of a member of: a number, or KIR_NONE. */
uint32_t pin_variable(const struct kir_module *m, kir_id value);
/* The same of a place, a member of the object. */
uint32_t pin_variable_of(const struct kir_module *m, kir_id place);

struct pin_call {
	uint32_t block, event;
	const struct def *def;	/* what is called, or registered; */
	const char *until;	/* a registration: what ends it, or NULL */
	bool later;		/* a registration */
	bool undoes;		/* one that is called when what the object belongs to goes */
};

/* On whose behalf a function runs (reach.c). */
enum pin_reached {
	PIN_BY_BIND = 1,	/* when a driver's object begins, */
	PIN_BY_PAUSE = 2,	/* rests, */
	PIN_BY_UNBIND = 4,	/* ends */
	PIN_BY_OTHERS = 8,
	PIN_BY_UNKNOWN = 16	/* other units may call it */
};

/* A function of the program. */
struct pin_func {
	const struct def *def;
	uint8_t reached;	/* enum pin_reached */
	bool binds;		/* it is what is called when an object begins */
	struct pin_touch *touches;	/* in the order of the blocks */
	uint32_t ntouches, touches_cap;
	struct pin_call *calls;
	uint32_t ncalls, calls_cap;
};

/* A function that others call until something ends that. */
struct pin_registration {
	const struct def *def;
	const char *until;		/* the name of what ends it */
	const struct engine *by;	/* the unit that registers it, */
	kir_id loc;			/* here */
	uint32_t in;			/* in this def, or KIR_NONE: a table names it */
	struct pin_registration *next;	/* of the same directory */
};

/* A call of what undoes something. */
struct pin_leave {
	const struct pin_func *in;
	const struct pin_touch *by;
	struct pin_leave *next;		/* of the same directory */
};

/* What the program does to a record. */
struct pin_record {
	uint32_t first;		/* part, or KIR_NONE */
	const struct pin_func *gone_in;	/* where it is freed, or else managed, or NULL */
	const struct pin_touch *gone_by;
	const struct pin_func *made_in;	/* where one is allocated, or NULL */
	const struct pin_touch *made_by;
	const struct pin_func *leave_in;	/* what a driver does with one at its end, or NULL */
};

/* Parts, once somebody has asked for them. */
struct pin_list {
	uint32_t *v, n;
	bool known;
};

struct pin_keys {
	uint64_t *v;
	size_t n;
	bool known;
};

/* By name ids. */
struct pin_member {
	uint32_t record, field;
};

struct pin_named {
	bool known;
	bool undone, undoes;	/* something; in another kind of event it is undone */
	const struct rule_touch *touch;
	const struct rule *rule;
};

struct pin {
	struct program *p;
	struct arena *arena;
	struct pin_part *parts;
	uint32_t nparts, parts_cap;
	struct pin_func *funcs;		/* [def] */
	uint32_t *directories;		/* [unit]: those of one directory have one number */
	struct strmap *by_directory;	/* path → its number */
	struct strmap *by_name;		/* "record.field" → part */
	uint32_t *record_kinds;		/* [name id]: of a record, 1 + its kind; 0: not asked yet */
	struct pin_named *named;	/* [name id]: what the rules say of functions, once asked */
	struct pin_stats *stats;	/* [part] */
	struct pin_record *records;	/* [name id] */
	struct pin_registration **registrations;	/* [directory] */
	struct pin_leave **leaves;	/* [directory] */
	struct pin_member *carriers;	/* members that are memory of others' objects */
	size_t ncarriers;
#define PIN_HOLDERS 8
	struct pin_member holders[PIN_HOLDERS];	/* members that hold what each driver has one of */
	uint32_t holder_kinds[PIN_HOLDERS];
	size_t nholders;
	uint32_t *handed_on;		/* parts */
	size_t nhanded_on, handed_on_cap;
	struct pin_sets *sets;		/* sets.c */
	struct pin_list *followed;	/* [def]: follow.c */
	struct pin_keys *asked;		/* [def]: asks.c */
};

/* Look at all functions of the program, which is linked.  Free with pin_free(). */
struct pin *pin_new(struct program *p);
void pin_free(struct pin *pin);

/* What the function does, with all that it calls in its own directory, to any part. */
enum pin_set {
	PIN_USED,	/* has to be initialised for it */
	PIN_INITIALISED,
	PIN_ARMED,
	PIN_STOPPED,	/* or shut, or unqueued */
	PIN_WAITED,	/* for what it tells */
	PIN_SET,	/* a pointer, to something */
	PIN_LINKED, PIN_UNLINKED,
	PIN_NSETS
};
bool pin_does(struct pin *pin, const struct def *d, enum pin_set set, uint32_t part);
/* The parts of a set, ascending. */
const uint32_t *pin_parts(struct pin *pin, const struct def *d, enum pin_set set, uint32_t *n);
/* May the function, with what it calls, free an object of the record? */
bool pin_frees(struct pin *pin, const struct def *d, uint32_t record);
/* Does the function, or what it calls, call the function of that name id, which undoes
 * something? */
bool pin_leaves(struct pin *pin, const struct def *d, uint32_t name);
/* The touch by which @d does it, in itself or, by *in, in a function that it calls. */
const struct pin_touch *pin_find(struct pin *pin, const struct def *d, enum pin_set set,
				 uint32_t part, const struct def **in);
/* Does every call of the function use the part, whatever the object's members say? */
bool pin_surely_uses(struct pin *pin, const struct def *d, uint32_t part);
/* Does it on some way that asks about no member of such an object, but for the @n @known ones
 * (pin_member_key()), which have been set? */
bool pin_uses_unasked(struct pin *pin, const struct def *d, uint32_t part, const uint64_t *known,
		      size_t n);
/* The defs that the function registers as callbacks, with what it calls, ascending. */
const uint32_t *pin_registered(struct pin *pin, const struct def *d, uint32_t *n);
/* The call by which the function registers @callback, in itself or, by *in, in a function
 * that it calls, *depth calls down. */
const struct pin_call *pin_find_registration(struct pin *pin, const struct def *d,
					     const struct def *callback, const struct def **in,
					     unsigned int *depth);
/* The member or variable that the value is, as a number that is the same in all units; 0: it
 * is neither.  Does the function ask about it in a condition, with what it calls? */
uint64_t pin_member_key(const struct engine *e, kir_id id);
bool pin_asks(struct pin *pin, const struct def *d, uint64_t key);
/* Is it an object that nobody knows yet: memory that is new, or what a driver borrows when its
 * device comes? */
bool pin_is_new(const struct pin_func *f, const struct pin_touch *t);
/* Does the function make one of the record? */
bool pin_makes_one(const struct pin_func *f, uint32_t record);
/* Does the function, or one that it calls, itself make an object of the record, new or
 * managed, in which it does @set to the part? */
bool pin_makes(struct pin *pin, const struct def *d, enum pin_set set, uint32_t part);
/* The parts, ascending, that are pointers which the function or one that it calls follows
 * without asking whether they are there. */
const uint32_t *pin_followed(struct pin *pin, const struct def *d, uint32_t *n);
/* The part of that name, or KIR_NONE. */
uint32_t pin_part(const struct pin *pin, uint32_t record, uint32_t field);
/* Does the function, or one that it calls in its own directory, follow the pointer that is
 * the member @field of a @record?  Where: *in and *event. */
bool pin_follows(struct pin *pin, const struct def *d, uint32_t record, uint32_t field,
		 const struct def **in, uint32_t *event);
bool pin_in_set(enum pin_set set, enum touch_action action);

/* A place in a function, and some. */
struct pin_place {
	uint32_t block, event;
};
#define PIN_PLACES 64
struct pin_places {
	struct pin_place v[PIN_PLACES];
	uint32_t n;
	bool more;		/* than fit */
};
void pin_add_place(struct pin_places *p, uint32_t block, uint32_t event);

/* May the second of two places of one function be passed after the first? */
struct pin_order;
struct pin_order *pin_order_new(const struct kir_module *m, const struct kir_func *f);
void pin_order_free(struct pin_order *o);
bool pin_after(const struct pin_order *o, uint32_t block, uint32_t event, uint32_t later_block,
	       uint32_t later_event);
/* Are the two blocks the same way of branches on the same value? */
bool pin_same_guard(const struct pin_order *o, uint32_t a, uint32_t b);
/* Can control get from the place to a return without passing any of the places @avoid? */
bool pin_returns(const struct pin_order *o, struct pin_place from, const struct pin_places *avoid);
/* Does every way through the function pass one of the places?  A way on which a parameter
 * is NULL does not count. */
bool pin_passes(const struct pin_order *o, const struct pin_places *places);
/* Can control get from one place to another without passing any of the places @avoid, or a
 * branch that has found the variable @object to be NULL? */
bool pin_reaches(const struct pin_order *o, struct pin_place from, struct pin_place to,
		 const struct pin_places *avoid, uint32_t object);
/* The same, from where the function begins. */
bool pin_leads(const struct pin_order *o, struct pin_place to, const struct pin_places *avoid);

/* Can control get from the place to a return that tells of a failure, past none of the places
 * @undone?  A place with the event KIR_NONE is the end of its block.  *at: the location of the
 * return. */
bool pin_fails(const struct kir_module *m, const struct kir_func *f, struct pin_place from,
	       const struct pin_places *undone, kir_id *at);
/* Does the branch of the block @guard lead to @block when a variable is an error code, or a
 * pointer NULL? */
bool pin_asks_failure(const struct kir_module *m, const struct kir_func *f, uint32_t guard,
		      uint32_t block);
/* The block whose branch alone leads to the block, or KIR_NONE. */
uint32_t pin_guard(const struct pin_order *o, uint32_t block);

/* Does the event initialise something, and only say what it will call once somebody asks for
 * it (INIT_WORK)? */
bool pin_only_binds(const struct pin_func *f, uint32_t event);

/* "foo.work" */
const char *pin_name(const struct pin *pin, uint32_t part);

#endif
