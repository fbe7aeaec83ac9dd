// SPDX-License-Identifier: MIT
// Paths of members, elements and pointers.
// RUN: %klint dump %s -- -w | FileCheck %s

#define container_of(ptr, type, member) ({ \
	void *__mptr = (void *)(ptr); \
	_Static_assert(1, "type"); \
	((type *)(__mptr - __builtin_offsetof(type, member))); })
struct node { struct node *next; };
struct item {
	int n, a[4];
	struct { int hidden; union { long deep; }; };
	struct { struct node node; } in;
	const struct ops *ops;
	struct node link;
};
struct ops { int (*open)(struct item *i, int n); };

// CHECK-LABEL: func container(
// CHECK: return container(%p, item:link)
struct item *container(struct node *p)
{
	return container_of(p, struct item, link);
}

// CHECK-LABEL: func back(
// CHECK-NEXT: b0:
// CHECK-NEXT: return %i
struct item *back(struct item *i)
{
	return container_of(&i->link, struct item, link);
}

// An anonymous member is no step of the path.
// CHECK-LABEL: func anonymous(
// CHECK: store %i*.`anon@{{.*}}`:hidden = 1
// CHECK: store %i*.`anon@{{.*}}`:deep = 2
void anonymous(struct item *i)
{
	i->hidden = 1;
	i->deep = 2;
}

// CHECK-LABEL: func elements(
// CHECK: store %i*.item:a[%k] = %i*.item:a[0]
// CHECK: store %v*[1] = %v*
void elements(struct item *i, int k, int *v)
{
	i->a[k] = *i->a;
	*(v + 1) = v[0];
}

// CHECK-LABEL: func indirect(
// CHECK: call $0 = %i*.item:ops*.ops:open(%i, 1) as ops
int indirect(struct item *i)
{
	return i->ops->open(i, 1);
}

// What is read through volatile may differ each time; it is written as any place.
// CHECK-LABEL: func once(
// CHECK: store %i*.item:n = (^%i*.item:a[1])
void once(struct item *i)
{
	*(volatile int *)&i->n = *(volatile int *)&i->a[1];
}

// CHECK-LABEL: func order(
// CHECK: store $[[OLD:[0-9]+]] = %n
// CHECK-NEXT: store %n = (%n + 1)
// CHECK: return $[[OLD]]
int order(int n)
{
	return n++;
}

// CHECK-LABEL: func by_value(
// CHECK: copy %a* = %b* as item
void by_value(struct item *a, struct item *b)
{
	*a = *b;
}
