static int a_remove(struct platform_device *pdev)
{
	if (busy)
		return -EBUSY;
	return 0;
}

static struct platform_driver a_driver = {
	.remove = a_remove,
};
