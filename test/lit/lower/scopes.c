// SPDX-License-Identifier: MIT
// Variables end, and cleanups run, on every edge that leaves their scope.
// RUN: %klint dump %s -- -w | FileCheck %s

struct lock { int raw; };
struct guard { struct lock *l; };
struct guard enter(struct lock *l);
void leave(struct guard *g);
int work(int);

#define GUARD(name) struct guard name __attribute__((cleanup(leave)))

// The value to return is read before the cleanup.
// CHECK-LABEL: func on_return(
// CHECK: begin %g
// CHECK: call $0 = enter(%l)
// CHECK: copy %g = $0 as guard init
// CHECK: store $1 = %l*.lock:raw
// CHECK-NEXT: call leave(&%g) cleanup
// CHECK-NEXT: end %g
// CHECK-NEXT: return $1
int on_return(struct lock *l)
{
	GUARD(g) = enter(l);

	return l->raw;
}

// CHECK-LABEL: func on_jumps(
// CHECK: begin %g
// CHECK: work(1)
// CHECK: call leave(&%g) cleanup
// CHECK-NEXT: end %g
// CHECK-NEXT: goto [[HEAD:b[0-9]+]]
// CHECK: work(2)
// CHECK: call leave(&%g) cleanup
// CHECK-NEXT: end %g
// CHECK-NEXT: {{goto|jump}} [[OUT:b[0-9]+]]
// CHECK: work(3)
// CHECK: call leave(&%g) cleanup
// CHECK-NEXT: end %g
// CHECK-NEXT: jump
// CHECK: [[OUT]]:
// CHECK: return
void on_jumps(struct lock *l, int n)
{
	while (n--) {
		GUARD(g) = enter(l);

		if (work(1))
			continue;
		if (work(2))
			break;
		if (work(3))
			goto out;
	}
out:
	return;
}

// Inner scopes end before outer ones, and what was not entered does not end.
// CHECK-LABEL: func nested(
// CHECK: begin %a
// CHECK: branch {{.*}} [[EARLY:b[0-9]+]] [[GO:b[0-9]+]]
// CHECK: [[EARLY]]:
// CHECK-NEXT: call leave(&%a) cleanup
// CHECK-NEXT: end %a
// CHECK-NEXT: return
// CHECK: [[GO]]:
// CHECK: begin %b
// CHECK: call leave(&%b) cleanup
// CHECK-NEXT: end %b
// CHECK-NEXT: call leave(&%a) cleanup
// CHECK-NEXT: end %a
// CHECK-NEXT: return
void nested(struct lock *l)
{
	GUARD(a) = enter(l);

	if (l->raw)
		return;
	GUARD(b) = enter(l);
}

// A label in an arm that no condition reaches is reached by goto.
// CHECK-LABEL: func scoped(
// CHECK: call $0 = enter(%l)
// CHECK: work(4)
// CHECK: call leave(&%g) cleanup
// CHECK-NEXT: end %g
// CHECK-NEXT: call {{.*}} = work(5)
// CHECK-NEXT: return
void scoped(struct lock *l)
{
	for (GUARD(g) = enter(l); ; ({ goto done; }))
		if (0) {
done:
			break;
		} else
			work(4);
	work(5);
}
