/* SPDX-License-Identifier: MIT */
/*
 * What a function promises about locks and sleeping, written where it is declared:
 *
 *	static void port_stop(struct port *p) KLINT_MUST_HOLD(&p->lock);
 *	void port_lock(struct port *p) KLINT_ACQUIRES(&p->lock);
 *	struct port { spinlock_t lock; int speed KLINT_GUARDED_BY(&lock); };
 *
 * klint infers nearly all of this by itself.  Annotate what it cannot see: a
 * function of another file, a function pointer, the intent that callers shall be
 * held to.  An argument is the pointer to the lock, in terms of the parameters (of
 * a field: of its neighbours in the structure).
 *
 * To every compiler the macros are empty, so that they never change an object;
 * klint sees them while they are expanded.  rules/klint.yaml says what they mean.
 */
#ifndef KLINT_H
#define KLINT_H

/* Functions, behind the parameters or before the type. */
#define KLINT_ACQUIRES(lock)		/* returns with the lock held */
#define KLINT_ACQUIRES_SHARED(lock)	/* the same, as a reader */
#define KLINT_RELEASES(lock)		/* is called with the lock held, returns without */
#define KLINT_RELEASES_SHARED(lock)
#define KLINT_MUST_HOLD(lock)		/* is called, and returns, with the lock held */
#define KLINT_MUST_NOT_HOLD(lock)	/* takes the lock itself, or waits for who does */
#define KLINT_SLEEPS			/* may sleep, whatever its body looks like */

/* Fields, behind the name. */
#define KLINT_GUARDED_BY(lock)		/* read and written only with the lock held */

#endif
