// SPDX-License-Identifier: MIT
@@
identifier fops;
@@
 struct file_operations fops = {
- 	.llseek = no_llseek,
 };
