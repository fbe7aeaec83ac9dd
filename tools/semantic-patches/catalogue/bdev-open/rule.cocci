// SPDX-License-Identifier: MIT
@ops@
identifier o, fn;
@@
 struct block_device_operations o = {
 	.open = fn,
 };

@open@
identifier ops.fn, bdev, mode;
@@
 fn(
- 	struct block_device *bdev, fmode_t mode
+ 	struct gendisk *disk, blk_mode_t mode
 	)
 {
 	<...
- 	bdev->bd_disk
+ 	disk
 	...>
 }

@rel@
identifier o, fn;
@@
 struct block_device_operations o = {
 	.release = fn,
 };

@used@
identifier rel.fn, disk, mode;
@@
 fn(struct gendisk *disk, fmode_t mode)
 {
 	<+... mode ...+>
 }

@release depends on !used@
identifier rel.fn, disk, mode;
@@
 fn(struct gendisk *disk
- 	, fmode_t mode
 	)
 { ... }
