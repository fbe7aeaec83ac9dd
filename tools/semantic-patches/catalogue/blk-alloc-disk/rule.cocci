// SPDX-License-Identifier: MIT
@@
expression disk, node;
statement S;
@@
 disk = blk_alloc_disk(
+ 	NULL,
 	node);
 if (
- 	!disk
+ 	IS_ERR(disk)
    ) S
