/* SPDX-License-Identifier: MIT */
/* Included before everything when Clang compiles against kernel headers whose
 * configuration was made with gcc: Clang has no named address spaces. */
#undef CONFIG_CC_HAS_NAMED_AS
#undef CONFIG_CC_HAS_NAMED_AS_FIXED_SANITIZERS
#undef CONFIG_USE_X86_SEG_SUPPORT
