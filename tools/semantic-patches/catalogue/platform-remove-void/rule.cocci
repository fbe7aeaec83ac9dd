// SPDX-License-Identifier: MIT
@drv@
identifier d, fn;
@@
 struct platform_driver d = {
 	.remove = fn,
 };

@zero@
identifier drv.fn, pdev;
position p;
@@
 int fn(struct platform_device *pdev)
 {
 	<+... return@p 0; ...+>
 }

@other@
identifier drv.fn, pdev;
expression e;
position p != zero.p;
@@
 int fn(struct platform_device *pdev)
 {
 	<+... return@p e; ...+>
 }

@convert depends on !other@
identifier drv.fn, pdev;
@@
- int
+ void
 fn(struct platform_device *pdev)
 {
 	<...
- 	return 0;
+ 	return;
 	...>
 }

@new@
identifier d, fn;
@@
 struct platform_driver d = {
- 	.remove_new = fn,
+ 	.remove = fn,
 };
