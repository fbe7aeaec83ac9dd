/* SPDX-License-Identifier: MIT */
/* A kernel that checks itself as lockdep and DEBUG_ATOMIC_SLEEP do.  Offsets that
 * the build has measured do not fit it, which only assertions on sizes ask for. */
#define CONFIG_PREEMPT_COUNT 1
#define CONFIG_DEBUG_ATOMIC_SLEEP 1
#define CONFIG_DEBUG_SPINLOCK 1
#define CONFIG_DEBUG_LOCK_ALLOC 1
#define CONFIG_PROVE_LOCKING 1
#define CONFIG_LOCKDEP 1
#define CONFIG_LOCKDEP_BITS 15
#define CONFIG_LOCKDEP_CHAINS_BITS 16
#define CONFIG_DEBUG_MUTEXES 1
#define CONFIG_DEBUG_RWSEMS 1
#define CONFIG_TRACE_IRQFLAGS 1
#define CONFIG_PROVE_RCU 1
#define _Static_assert(...) struct static_assert_ignored
