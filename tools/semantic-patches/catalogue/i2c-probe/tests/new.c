static struct i2c_driver a_driver = {
	.probe_new = a_probe,
};
