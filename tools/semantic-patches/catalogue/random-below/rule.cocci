// SPDX-License-Identifier: MIT
@@
expression n;
@@
- prandom_u32_max(n)
+ get_random_u32_below(n)
