// SPDX-License-Identifier: MIT
// A macro that the rules name is one event, whatever it expands to, and its
// arguments are lowered once.
// RUN: %klint dump %s -- -w | FileCheck %s
// RUN: %klint dump %s -- -w -DDEBUG | FileCheck %s

struct lock { int raw; };
struct list_head { struct list_head *next; };
struct dev { struct lock lock; int n; struct list_head head; };
unsigned long save(void);
void take(struct lock *l);
void *alloc_noprof(unsigned long size, unsigned int flags);
void assert_sleepable(const char *file, int line);
int test(int);

#ifdef DEBUG
#define might_sleep() do { assert_sleepable(__FILE__, __LINE__); } while (0)
#define preempt_disable() do { take(0); } while (0)
#define local_irq_save(f) do { unsigned long old = save(); (f) = old; take(0); } while (0)
#define alloc_hooks(call) ({ void *res = call; res; })
#else
#define might_sleep() do { } while (0)
#define preempt_disable()
#define local_irq_save(f) do { (f) = save(); } while (0)
#define alloc_hooks(call) call
#endif
#define raw_spin_lock_irqsave(l, f) do { local_irq_save(f); take(l); } while (0)
#define spin_lock_irqsave(l, f) do { raw_spin_lock_irqsave(l, f); } while (0)
#define kmalloc(...) alloc_hooks(alloc_noprof(__VA_ARGS__))
#define wait_event(q, condition) do { \
	might_sleep(); \
	if (condition) \
		break; \
	while (!(condition)) \
		take(0); \
} while (0)

// CHECK-LABEL: func simple(
// CHECK: b0:
// CHECK-NEXT: begin %flags
// CHECK-NEXT: macro might_sleep()
// CHECK-NEXT: macro preempt_disable()
// CHECK-NEXT: macro spin_lock_irqsave(&%d*.dev:lock, %flags)
// CHECK-NEXT: store %flags = ?
// CHECK-NEXT: end %flags
// CHECK-NEXT: return
void simple(struct dev *d)
{
	unsigned long flags;

	might_sleep();
	preempt_disable();
	spin_lock_irqsave(&d->lock, flags);
}

// CHECK-LABEL: func result(
// CHECK: macro $0 = kmalloc((%n * 8), 3)
// CHECK-NEXT: return $0
void *result(int n)
{
	return kmalloc(n * 8, 1 | 2);
}

// CHECK-LABEL: func condition(
// CHECK: call $0 = test(1)
// CHECK-NOT: test(1)
// CHECK: macro wait_event({{.*}}, $0)
// CHECK-NOT: take
// CHECK: return
void condition(struct dev *d)
{
	wait_event(d->head, test(1));
}

#define list_for_each(pos, head) for (pos = (head)->next; pos != (head); pos = pos->next)
#define list_for_each_entry_rcu(pos, head, member) list_for_each(pos, head)

// The loop itself is lowered as written.
// CHECK-LABEL: func in_a_loop(
// CHECK: store %p = %d*.dev:head.list_head:next
// CHECK: branch (%p != &%d*.dev:head)
// CHECK: macro might_sleep()
// CHECK: store %p = %p*.list_head:next
void in_a_loop(struct dev *d)
{
	struct list_head *p;

	list_for_each(p, &d->head)
		might_sleep();
}
