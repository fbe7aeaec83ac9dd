static int a_remove(struct platform_device *pdev)
{
	struct a *a = platform_get_drvdata(pdev);

	if (a->irq)
		free_irq(a->irq, a);
	return 0;
}

static struct platform_driver a_driver = {
	.probe = a_probe,
	.remove = a_remove,
	.driver = { .name = "a" },
};
