// SPDX-License-Identifier: MIT
// Conditions are branches; what no branch reaches is not lowered.
// RUN: %klint dump %s -- -w | FileCheck %s

#define IS_ON(x) ((x) || 0)
#define unlikely(x) __builtin_expect(!!(x), 0)
int f(int);

// CHECK-LABEL: func short_circuit(
// CHECK: branch %a [[B:b[0-9]+]] [[NO:b[0-9]+]]
// CHECK: [[B]]:
// CHECK-NEXT: branch %b [[NO]] [[YES:b[0-9]+]]
// CHECK: [[YES]]:
// CHECK-NEXT: return 1
// CHECK: [[NO]]:
// CHECK-NEXT: return 0
int short_circuit(int a, int b)
{
	if (unlikely(a && !b))
		return 1;
	return 0;
}

// CHECK-LABEL: func pruned(
// CHECK-NEXT: b0:
// CHECK-NEXT: call {{.*}}f(2)
// CHECK-NEXT: call {{.*}}f(4)
// CHECK-NEXT: call {{.*}}f(7)
// CHECK-NEXT: return 16
int pruned(int a)
{
	if (IS_ON(0) && a)
		f(1);
	IS_ON(1) ? f(2) : f(3);
	switch (sizeof(int)) {
	case 4:
		f(4);
		break;
	case 8:
		f(5);
	}
	__builtin_constant_p(a) ? f(6) : f(7);
	return (~0u >> 28) + 1;
}

// CHECK-LABEL: func values(
// CHECK: store $[[T:[0-9]+]] = %b
// CHECK: call $[[F:[0-9]+]] = f(1)
// CHECK: store $[[T]] = $[[F]]
// CHECK: return $[[T]]
int values(int a, int b)
{
	return a ? b : f(1);
}

// CHECK-LABEL: func cases(
// CHECK: switch %a { 1: [[ONE:b[0-9]+]], 3..5: [[RANGE:b[0-9]+]], default: [[DEFAULT:b[0-9]+]] }
// CHECK: [[ONE]]:
// CHECK: f(1)
// CHECK: goto [[RANGE]]
// CHECK: [[RANGE]]:
// CHECK: f(2)
// CHECK: [[DEFAULT]]:
// CHECK: f(3)
void cases(int a)
{
	switch (a) {
	case 1:
		f(1);
	case 3 ... 5:
		f(2);
		break;
	default:
		f(3);
	}
}

// CHECK-LABEL: func into_a_loop(
// CHECK: switch %n { 0: [[ZERO:b[0-9]+]], 1: [[ONE:b[0-9]+]], default: [[OUT:b[0-9]+]] }
// CHECK: [[ZERO]]:
// CHECK-NEXT: goto [[BODY:b[0-9]+]]
// CHECK: [[ONE]]:
// CHECK: f(1)
// CHECK: branch {{.*}} [[BODY]]
// CHECK: [[BODY]]:
// CHECK: f(0)
// CHECK-NEXT: goto [[ONE]]
void into_a_loop(int n)
{
	switch (n) {
	case 0:
		do {
			f(0);
	case 1:
			f(1);
		} while (--n > 0);
	}
}

// What is constant once it is inlined does not end the function before.
// CHECK-LABEL: func inlined(
// CHECK-NOT: unreachable
// CHECK: call {{.*}}f(8)
// CHECK-LABEL: func built(
// CHECK: unreachable
__attribute__((noreturn, error("not constant"))) void not_constant(void);

static inline int inlined(int n)
{
	if (!__builtin_constant_p(n))
		not_constant();
	return f(8);
}

int built(int n)
{
	if (n > 3)
		not_constant();
	return inlined(2);
}
