// SPDX-License-Identifier: MIT
@@
expression name;
@@
- class_create(THIS_MODULE, name)
+ class_create(name)
