// SPDX-License-Identifier: MIT
@@
@@
- #include <asm/unaligned.h>
+ #include <linux/unaligned.h>
