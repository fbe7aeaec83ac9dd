static int __init a_init(void)
{
	cls = class_create(THIS_MODULE, "a"); /* kept */
	if (IS_ERR(cls))
		return PTR_ERR(cls);
	return 0;
}
