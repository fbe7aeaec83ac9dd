static int a_remove(struct platform_device *pdev)
{
	if (!pdev->dev.of_node)
		return 0;
	a_stop(pdev);
	return 0;
}

static struct platform_driver a_driver = {
	.remove = a_remove,
};
