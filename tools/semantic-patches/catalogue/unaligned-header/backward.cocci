// SPDX-License-Identifier: MIT
@@
@@
- #include <linux/unaligned.h>
+ #include <asm/unaligned.h>
