// SPDX-License-Identifier: MIT
@@
expression name;
@@
- class_create(name)
+ class_create(THIS_MODULE, name)
