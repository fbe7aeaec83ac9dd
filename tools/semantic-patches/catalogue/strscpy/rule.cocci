// SPDX-License-Identifier: MIT
@@
expression dst, src, n;
@@
- strlcpy(dst, src, n);
+ strscpy(dst, src, n);
