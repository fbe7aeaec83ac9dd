/* SPDX-License-Identifier: MIT */
int klint_deep(void);
