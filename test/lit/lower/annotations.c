// SPDX-License-Identifier: MIT
// Annotations that expand to nothing, attributes, and annotate("klint::...");
// those of all declarations are joined.
// RUN: %klint dump %s -- -w | FileCheck %s

#define __acquires(x)
#define __releases(x)
#define __must_hold(x)

struct __attribute__((capability("lock"))) lock { int raw; };
// CHECK: record struct dev
// CHECK: n: int32 annot guarded_by("lock")
// CHECK: link: ptr annot pinned("when live")
struct dev {
	struct lock lock;
	int n __attribute__((guarded_by(lock)));
	void *link __attribute__((annotate("klint::pinned(when live)")));
};

void locked(struct dev *d) __must_hold(&d->lock);
void locked(struct dev *d);
// CHECK-LABEL: func locked(
// CHECK-SAME: annot __releases("&d->lock")
// CHECK-SAME: annot __acquires("&d->lock")
// CHECK-SAME: annot __must_hold("&d->lock")
void locked(struct dev *d)
	__releases(&d->lock)
	__acquires(&d->lock)
{
	d->n = 1;
	d->link = 0;
}

// CHECK-LABEL: func start(
// CHECK-SAME: section ".init.text"
// CHECK-SAME: annot sleeps at
__attribute__((section(".init.text"), annotate("klint::sleeps")))
void start(void)
{
}
