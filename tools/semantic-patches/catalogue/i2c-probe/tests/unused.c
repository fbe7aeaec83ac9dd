static int a_probe(struct i2c_client *client, const struct i2c_device_id *id)
{
	return a_setup(&client->dev);
}

static struct i2c_driver a_driver = {
	.probe = a_probe,
	.id_table = a_ids,
};
