// SPDX-License-Identifier: GPL-2.0-only
/* A bio-based disk of 6.1 that reads as zeroes. */
#include <linux/atomic.h>
#include <linux/blkdev.h>
#include <linux/module.h>

struct zero_disk {
	struct gendisk *disk;
	atomic_t users;
	int major;
};

static struct zero_disk zero;

static int zero_open(struct block_device *bdev, fmode_t mode)
{
	struct zero_disk *z = bdev->bd_disk->private_data;

	atomic_inc(&z->users);
	return 0;
}

static void zero_release(struct gendisk *disk, fmode_t mode)
{
	struct zero_disk *z = disk->private_data;

	atomic_dec(&z->users);
}

static void zero_submit_bio(struct bio *bio)
{
	if (bio_data_dir(bio) == READ)
		zero_fill_bio(bio);
	bio_endio(bio);
}

static const struct block_device_operations zero_ops = {
	.owner = THIS_MODULE,
	.open = zero_open,
	.release = zero_release,
	.submit_bio = zero_submit_bio,
};

static int __init zero_init(void)
{
	int ret;

	zero.major = register_blkdev(0, "mig-zero");
	if (zero.major < 0)
		return zero.major;
	zero.disk = blk_alloc_disk(NUMA_NO_NODE);
	if (!zero.disk) {
		ret = -ENOMEM;
		goto unregister;
	}
	zero.disk->major = zero.major;
	zero.disk->minors = 1;
	zero.disk->fops = &zero_ops;
	zero.disk->private_data = &zero;
	strlcpy(zero.disk->disk_name, "mig-zero", DISK_NAME_LEN);
	set_capacity(zero.disk, 2048);
	ret = add_disk(zero.disk);
	if (ret)
		goto put;
	return 0;

put:
	put_disk(zero.disk);
unregister:
	unregister_blkdev(zero.major, "mig-zero");
	return ret;
}

static void __exit zero_exit(void)
{
	del_gendisk(zero.disk);
	put_disk(zero.disk);
	unregister_blkdev(zero.major, "mig-zero");
}

module_init(zero_init);
module_exit(zero_exit);
MODULE_DESCRIPTION("Fixture: block device to migrate");
MODULE_LICENSE("GPL");
