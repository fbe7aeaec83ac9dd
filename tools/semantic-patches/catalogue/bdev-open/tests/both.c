static int a_open(struct block_device *bdev, fmode_t mode)
{
	struct a *a = bdev->bd_disk->private_data;

	return a_get(a);
}

static void a_release(struct gendisk *disk, fmode_t mode)
{
	a_put(disk->private_data);
}

static const struct block_device_operations a_ops = {
	.owner = THIS_MODULE,
	.open = a_open,
	.release = a_release,
};
