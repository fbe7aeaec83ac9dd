// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work is cancelled before the LED is unregistered whose function queues it: that switches
 * the LED off once more.
 * Confirmed by DEBUG_OBJECTS_WORK when the module is unloaded (free active).
 */
#include <linux/leds.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "../fixture_platform.h"

struct lamp {
	struct led_classdev led;
	struct delayed_work apply;
	int level;
};

static void lamp_apply(struct work_struct *work)
{
	struct lamp *l = container_of(work, struct lamp, apply.work);

	l->level = l->led.brightness;
}

static void lamp_set(struct led_classdev *led, enum led_brightness brightness)
{
	struct lamp *l = container_of(led, struct lamp, led);

	schedule_delayed_work(&l->apply, HZ);
}

static int lamp_probe(struct platform_device *pdev)
{
	struct lamp *l = kzalloc(sizeof(*l), GFP_KERNEL);
	int err;

	if (!l)
		return -ENOMEM;
	INIT_DELAYED_WORK(&l->apply, lamp_apply);
	l->led.name = KBUILD_MODNAME;
	l->led.brightness_set = lamp_set;
	err = led_classdev_register(&pdev->dev, &l->led);
	if (err) {
		kfree(l);
		return err;
	}
	platform_set_drvdata(pdev, l);
	return 0;
}

static void lamp_remove(struct platform_device *pdev)
{
	struct lamp *l = platform_get_drvdata(pdev);

	cancel_delayed_work_sync(&l->apply); /* EXPECT: pin-dropped-live */
	led_classdev_unregister(&l->led);
	kfree(l);
}
FIXTURE_DRIVER(lamp_probe, lamp_remove, NULL, fixture_nothing);
