// SPDX-License-Identifier: MIT
// asm goto and computed goto may take any of their ways; nothing follows a call
// that does not return.
// RUN: %klint dump %s -- -w | FileCheck %s

int f(int);
void stop(void) __attribute__((noreturn));

// CHECK-LABEL: func by_asm(
// CHECK: asm
// CHECK-NEXT: choice [[ON:b[0-9]+]] [[JUMP:b[0-9]+]]
// CHECK: [[ON]]:
// CHECK-NEXT: return 1
// CHECK: [[JUMP]]:
// CHECK: return 2
int by_asm(void)
{
	asm goto("" : : : : out);
	return 1;
out:
	return 2;
}

// CHECK-LABEL: func outputs(
// CHECK: asm %x
// CHECK-NEXT: asm %p*
void outputs(int *p)
{
	int x;

	asm volatile("" : "=r"(x), "+m"(*p));
}

// CHECK-LABEL: func by_table(
// CHECK: choice [[A:b[0-9]+]] [[B:b[0-9]+]]
// CHECK-DAG: return 1
// CHECK-DAG: return 2
int by_table(int n)
{
	static void *const table[] = { &&one, &&two };

	goto *table[n];
one:
	return 1;
two:
	return 2;
}

// CHECK-LABEL: func gone(
// CHECK: call stop()
// CHECK-NEXT: unreachable
// CHECK-NOT: f(1)
// CHECK: return
void gone(int n)
{
	if (n) {
		stop();
		f(1);
	}
}
