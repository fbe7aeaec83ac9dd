// SPDX-License-Identifier: MIT
@drv@
identifier d, fn;
@@
 struct i2c_driver d = {
 	.probe = fn,
 };

@used@
identifier drv.fn, client, id;
@@
 fn(struct i2c_client *client, const struct i2c_device_id *id)
 {
 	<+... id ...+>
 }

@table@
identifier drv.d, t;
@@
 struct i2c_driver d = {
 	.id_table = t,
 };

@lookup depends on used && table@
identifier drv.fn, client, id;
@@
 fn(struct i2c_client *client
- 	, const struct i2c_device_id *id
 	)
 {
+ 	const struct i2c_device_id *id = i2c_client_get_device_id(client);
 	...
 }

@drop depends on !used@
identifier drv.fn, client, id;
@@
 fn(struct i2c_client *client
- 	, const struct i2c_device_id *id
 	)
 { ... }

@new@
identifier d, fn;
@@
 struct i2c_driver d = {
- 	.probe_new = fn,
+ 	.probe = fn,
 };
