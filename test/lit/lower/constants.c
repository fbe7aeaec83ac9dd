// SPDX-License-Identifier: MIT
// Constants that the rules name are looked up in the unit: enumerators and macros.
// RUN: %klint dump %s -- -w | FileCheck %s
// RUN: %klint dump %s -- -w -DOLD | FileCheck %s

typedef unsigned int gfp_t;
#ifdef OLD
#define ___GFP_DIRECT_RECLAIM 0x400u
#else
enum { ___GFP_FIRST_BIT, ___GFP_DIRECT_RECLAIM_BIT = 10 };
#define __AC(X, Y) (X##Y)
#define BIT(n) (__AC(1, UL) << (n))
#define ___GFP_DIRECT_RECLAIM BIT(___GFP_DIRECT_RECLAIM_BIT)
#endif
#define __GFP_DIRECT_RECLAIM ((gfp_t)___GFP_DIRECT_RECLAIM)
enum { IRQF_NO_THREAD = 1 << 16 };
#define IRQF_ONESHOT not_a_constant(1)
// CHECK-NOT: const IRQF_ONESHOT
// CHECK-DAG: const __GFP_DIRECT_RECLAIM = 1024
// CHECK-DAG: const IRQF_NO_THREAD = 65536
void f(void) {}
