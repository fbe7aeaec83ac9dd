// SPDX-License-Identifier: GPL-2.0-only
/*
 * A state machine in a loop disables interrupts in one of its states, and the flags
 * that were saved before the loop are restored after it.  The code is right:
 * disabling them does not nest, so that one restore undoes it however often the
 * state was passed.
 */
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/irqflags.h>
#include "../fixture.h"

enum phase { PHASE_START, PHASE_PREPARE, PHASE_QUIET, PHASE_WORK, PHASE_END };

struct meeting {
	enum phase phase;
	atomic_t absent;
	int done;
};

static void meeting_next(struct meeting *m)
{
	if (atomic_dec_and_test(&m->absent)) {
		atomic_set(&m->absent, 1);
		WRITE_ONCE(m->phase, m->phase + 1);
	}
}

static noinline void meeting_attend(struct meeting *m)
{
	enum phase now = PHASE_START, next;
	unsigned long flags;

	local_save_flags(flags);
	do {
		next = READ_ONCE(m->phase);
		if (next != now) {
			now = next;
			switch (now) {
			case PHASE_QUIET:
				local_irq_disable();
				break;
			case PHASE_WORK:
				m->done++;
				break;
			default:
				break;
			}
			meeting_next(m);
		}
	} while (now != PHASE_END);
	local_irq_restore(flags);
}

static void meeting_run(void)
{
	struct meeting m = { .phase = PHASE_PREPARE, .absent = ATOMIC_INIT(1) };

	meeting_attend(&m);
}
FIXTURE(meeting_run);
