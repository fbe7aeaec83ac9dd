static struct platform_driver a_driver = {
	.remove_new = a_remove,
	.driver = { .name = "a" },
};
