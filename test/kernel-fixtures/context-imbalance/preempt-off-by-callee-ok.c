// SPDX-License-Identifier: GPL-2.0-only
/*
 * note_begin() returns a note with preemption disabled: the spare one of this CPU
 * after preempt_disable(), or one in the ring buffer.  The code is right:
 * ring_buffer_lock_reserve(), which is defined in another file, returns its event
 * with preemption disabled too, and ring_buffer_discard_commit() enables it.
 */
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/ring_buffer.h>
#include "../fixture.h"

struct notes {
	bool spare_first;
	struct trace_buffer *buffer, *reserve;
};

static struct notes notes0 = { .spare_first = true };
static DEFINE_PER_CPU(long, note_spare);
static DEFINE_PER_CPU(int, note_users);

static noinline void *note_begin(struct notes *n)
{
	void *note;

	if (n->spare_first) {
		preempt_disable();
		if (this_cpu_inc_return(note_users) == 1) {
			note = this_cpu_ptr(&note_spare);
			return note;
		}
		this_cpu_dec(note_users);
		preempt_enable();
	}
	note = ring_buffer_lock_reserve(n->buffer, sizeof(long));
	if (!note && n->reserve)
		note = ring_buffer_lock_reserve(n->reserve, sizeof(long));
	return note;
}

static noinline void note_end(struct notes *n, void *note)
{
	if (note != this_cpu_ptr(&note_spare)) {
		ring_buffer_discard_commit(n->buffer, note);
		return;
	}
	this_cpu_dec(note_users);
	preempt_enable();
}

static void note_run(void)
{
	void *note;

	notes0.buffer = ring_buffer_alloc(PAGE_SIZE, RB_FL_OVERWRITE);
	if (!notes0.buffer)
		return;
	note = note_begin(&notes0);
	if (note)
		note_end(&notes0, note);
}

static void note_free(void)
{
	if (notes0.buffer)
		ring_buffer_free(notes0.buffer);
}
FIXTURE_STOP(note_run, note_free);
