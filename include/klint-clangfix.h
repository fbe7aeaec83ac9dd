/* SPDX-License-Identifier: MIT */
/*
 * Included last of all -include files when clang reads code of a kernel that was
 * configured for gcc.  Such a configuration promises named address spaces, by
 * which x86 reads its per-CPU variables and which kernel code uses in ways that
 * clang refuses; without the promise the kernel falls back to inline assembly.
 */
#ifdef CONFIG_CC_IS_GCC
#undef CONFIG_CC_HAS_NAMED_AS
#undef CONFIG_CC_HAS_NAMED_AS_FIXED_SANITIZERS
#undef CONFIG_USE_X86_SEG_SUPPORT
#endif
