// SPDX-License-Identifier: GPL-2.0-only
// The contracts are the same whatever the .config erases: the packaged kernel's,
// one without SMP and preempt count, and one with lockdep and all of its checks.
// RUN: not %klint check %s -- %kflags %s 2>&1 | FileCheck %s
// RUN: not %klint check %s -- %kflags -include %S/Inputs/config-up.h %s 2>&1 | FileCheck %s
// RUN: not %klint check %s -- %kflags -include %S/Inputs/config-debug.h %s 2>&1 | FileCheck %s
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

struct dev {
	spinlock_t lock;
	raw_spinlock_t raw;
	struct mutex mutex;
	wait_queue_head_t wait;
	int ready;
};

void a_spin(struct dev *d);
void b_irqsave(struct dev *d);
void c_preempt(struct dev *d);
void d_rcu(struct dev *d);
void e_assert(struct dev *d);
void f_bh(struct dev *d);
int g_imbalance(struct dev *d);
void h_clean(struct dev *d);

void a_spin(struct dev *d)
{
	spin_lock(&d->lock);
	// CHECK: config.c:[[@LINE+1]]:{{.*}} mutex_lock() may sleep, but the spinlock 'd->lock' is held
	mutex_lock(&d->mutex);
	mutex_unlock(&d->mutex);
	spin_unlock(&d->lock);
}

void b_irqsave(struct dev *d)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&d->raw, flags);
	// CHECK: config.c:[[@LINE+1]]:{{.*}} kmalloc() may sleep, but the raw_spinlock 'd->raw' is held
	kfree(kmalloc(d->ready, GFP_KERNEL));
	raw_spin_unlock_irqrestore(&d->raw, flags);
}

void c_preempt(struct dev *d)
{
	preempt_disable();
	// CHECK: config.c:[[@LINE+1]]:{{.*}} wait_event() may sleep, but preemption is disabled
	wait_event(d->wait, d->ready);
	preempt_enable();
}

void d_rcu(struct dev *d)
{
	rcu_read_lock();
	// CHECK: config.c:[[@LINE+1]]:{{.*}} might_sleep() may sleep, but this is an RCU read section
	might_sleep();
	rcu_read_unlock();
}

void e_assert(struct dev *d)
{
	spin_lock_irq(&d->lock);
	d->ready = 1;
	spin_unlock_irq(&d->lock);
	// CHECK: config.c:[[@LINE+1]]:{{.*}} lockdep_assert_held() needs the lock 'd->lock', which is not held any more
	lockdep_assert_held(&d->lock);
}

void f_bh(struct dev *d)
{
	local_bh_disable();
	// CHECK: config.c:[[@LINE+1]]:{{.*}} mutex_lock() may sleep, but bottom halves are disabled
	mutex_lock(&d->mutex);
	mutex_unlock(&d->mutex);
	local_bh_enable();
}

int g_imbalance(struct dev *d)
{
	spin_lock_bh(&d->lock);
	if (d->ready)
		// CHECK: config.c:[[@LINE+1]]:{{.*}} g_imbalance() returns -16 with the spinlock 'd->lock' still held
		return -EBUSY;
	spin_unlock_bh(&d->lock);
	return 0;
}

// CHECK-NOT: warning:
void h_clean(struct dev *d)
{
	unsigned long flags;

	local_irq_save(flags);
	if (spin_trylock(&d->lock)) {
		kfree(kmalloc(d->ready, GFP_ATOMIC));
		spin_unlock(&d->lock);
	}
	local_irq_restore(flags);
	mutex_lock(&d->mutex);
	wait_event(d->wait, d->ready);
	mutex_unlock(&d->mutex);
}
