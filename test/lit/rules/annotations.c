// SPDX-License-Identifier: MIT
// What the annotations of include/klint.h and sparse promise is believed of
// functions that are declared only.
// RUN: not %klint check %s -- -w -D__KERNEL__ -I%include | FileCheck %s
#include "klint.h"

#define __must_hold(x)

typedef struct { int raw; } spinlock_t;
struct mutex { int raw; };
void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);
void mutex_lock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);

struct dev {
	spinlock_t lock;
	struct mutex m;
	int speed KLINT_GUARDED_BY(&lock);
};

void slow(struct dev *d) KLINT_SLEEPS;
void take(struct dev *d) KLINT_ACQUIRES(&d->m);
void take_shared(struct dev *d) KLINT_ACQUIRES_SHARED(&d->m);
void drop(struct dev *d) KLINT_RELEASES(&d->m);
void drop_shared(struct dev *d) KLINT_RELEASES_SHARED(&d->m);
void held(struct dev *d) KLINT_MUST_HOLD(&d->lock);
void held_mutex(struct dev *d) KLINT_MUST_HOLD(&d->m);
void not_held(struct dev *d) KLINT_MUST_NOT_HOLD(&d->m);
void both(struct dev *d) __must_hold(&d->lock);

void atomic(struct dev *d)
{
	spin_lock(&d->lock);
	// CHECK: annotations.c:[[@LINE+1]]:2: warning: slow() may sleep
	slow(d);
	spin_unlock(&d->lock);
}

void taken(struct dev *d)
{
	take(d);
	// CHECK: annotations.c:[[@LINE+1]]:2: {{.*}} 'd->m' held [lock-contract]
	not_held(d);
	drop(d);
	// CHECK-NOT: annotations.c:[[@LINE+1]]:
	not_held(d);
}

void taken_shared(struct dev *d)
{
	take_shared(d);
	// CHECK: annotations.c:[[@LINE+1]]:2: {{.*}} 'd->m' held [lock-contract]
	not_held(d);
	drop_shared(d);
	// CHECK-NOT: annotations.c:[[@LINE+1]]:
	not_held(d);
}

void released(struct dev *d)
{
	mutex_lock(&d->m);
	drop(d);
	// CHECK: annotations.c:[[@LINE+1]]:2: {{.*}}[lock-contract]
	held_mutex(d);
}

void required(struct dev *d)
{
	spin_lock(&d->lock);
	held(d);
	both(d);
	spin_unlock(&d->lock);
	// CHECK: annotations.c:[[@LINE+1]]:2: {{.*}}[lock-contract]
	held(d);
	// CHECK: annotations.c:[[@LINE+1]]:2: {{.*}}[lock-contract]
	both(d);
}

void excluded(struct dev *d)
{
	mutex_lock(&d->m);
	// CHECK: annotations.c:[[@LINE+1]]:2: {{.*}}[lock-contract]
	not_held(d);
	mutex_unlock(&d->m);
}
