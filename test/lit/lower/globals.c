// SPDX-License-Identifier: MIT
// Initialisers, static and automatic: what is written, leaf by leaf.
// RUN: %klint dump %s -- -w | FileCheck %s

struct ops { int (*open)(int); void (*close)(void); int flags; };
struct dev { const char *name; const struct ops *ops; int irq[3]; };

static int my_open(int n) { return n; }
int my_exported(int n) { return n; }
static void *keep __attribute__((used, section(".discard.keep"))) = my_exported;

// CHECK: global @my_ops: record ops static const
// CHECK-NEXT: .ops:open = &my_open
// CHECK-NEXT: .ops:flags = 3
// CHECK-NEXT: }
static const struct ops my_ops = { .open = my_open, .flags = 1 | 2 };

// CHECK: global @devs: array
// CHECK-DAG: [0].dev:ops = &@my_ops
// CHECK-DAG: [1].dev:irq[2] = 7
struct dev devs[] = { { "a", &my_ops }, { .irq = { [2] = 7 } } };

// CHECK-DAG: global @`use.inner`: record ops static
// CHECK-NOT: global @keep
// CHECK-LABEL: func my_open({{.*}}) -> int32 static address_taken
// CHECK-LABEL: func my_exported({{.*}}) -> int32 at
// CHECK-LABEL: func use(
// CHECK: begin %d
// CHECK-NEXT: store %d.dev:name = null init
// CHECK-NEXT: store %d.dev:ops = &@`use.inner` init
// CHECK-NEXT: store %d.dev:irq[0] = 0 init
// CHECK-NEXT: store %d.dev:irq[1] = 0 init
// CHECK-NEXT: store %d.dev:irq[2] = 0 init
int use(void)
{
	static const struct ops inner = { .open = my_open };
	struct dev d = { .ops = &inner };

	return d.irq[0];
}
