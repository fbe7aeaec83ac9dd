// SPDX-License-Identifier: MIT
@@
expression t;
@@
(
- del_timer_sync(t)
+ timer_delete_sync(t)
|
- del_timer(t)
+ timer_delete(t)
)
