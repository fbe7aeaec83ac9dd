// SPDX-License-Identifier: GPL-2.0-only
/* An I2C driver of 6.1: a sensor of which there are two kinds. */
#include <linux/i2c.h>
#include <linux/module.h>
#include <linux/string.h>
#include <asm/unaligned.h>

struct sensor {
	struct i2c_client *client;
	unsigned long kind;
	char label[16];
};

static ssize_t value_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct sensor *sensor = dev_get_drvdata(dev);
	u8 raw[2];
	int ret;

	ret = i2c_smbus_read_i2c_block_data(sensor->client, sensor->kind, sizeof(raw), raw);
	if (ret < 0)
		return ret;
	return sysfs_emit(buf, "%s %u\n", sensor->label, get_unaligned_be16(raw));
}
static DEVICE_ATTR_RO(value);

static int sensor_probe(struct i2c_client *client, const struct i2c_device_id *id)
{
	struct sensor *sensor;

	sensor = devm_kzalloc(&client->dev, sizeof(*sensor), GFP_KERNEL);
	if (!sensor)
		return -ENOMEM;
	sensor->client = client;
	sensor->kind = id->driver_data;
	strlcpy(sensor->label, id->name, sizeof(sensor->label));
	i2c_set_clientdata(client, sensor);
	return device_create_file(&client->dev, &dev_attr_value);
}

static void sensor_remove(struct i2c_client *client)
{
	device_remove_file(&client->dev, &dev_attr_value);
}

static const struct i2c_device_id sensor_ids[] = {
	{ "mig-sensor-a", 1 },
	{ "mig-sensor-b", 2 },
	{ }
};
MODULE_DEVICE_TABLE(i2c, sensor_ids);

static struct i2c_driver sensor_driver = {
	.driver = {
		.name = "mig-sensor",
	},
	.probe = sensor_probe,
	.remove = sensor_remove,
	.id_table = sensor_ids,
};
module_i2c_driver(sensor_driver);

MODULE_DESCRIPTION("Fixture: I2C driver to migrate");
MODULE_LICENSE("GPL");
