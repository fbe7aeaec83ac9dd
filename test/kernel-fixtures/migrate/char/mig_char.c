// SPDX-License-Identifier: GPL-2.0-only
/* A character device of 6.1: class, cdev, timer and a mapping. */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/timer.h>

static dev_t dice_number;
static struct cdev dice_cdev;
static struct class *dice_class;
static struct timer_list dice_timer;
static unsigned long dice_page;

static void dice_roll(struct timer_list *timer)
{
	*(u32 *)dice_page = prandom_u32_max(6) + 1;
	mod_timer(timer, jiffies + HZ);
}

static int dice_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_end - vma->vm_start != PAGE_SIZE)
		return -EINVAL;
	vma->vm_flags |= VM_DONTEXPAND | VM_DONTDUMP;
	vma->vm_flags &= ~VM_MAYWRITE;
	return vm_insert_page(vma, vma->vm_start, virt_to_page((void *)dice_page));
}

static const struct file_operations dice_fops = {
	.owner = THIS_MODULE,
	.mmap = dice_mmap,
	.llseek = no_llseek,
};

static int __init dice_add(void)
{
	struct device *dev;
	int ret;

	cdev_init(&dice_cdev, &dice_fops);
	ret = cdev_add(&dice_cdev, dice_number, 1);
	if (ret)
		return ret;
	dev = device_create(dice_class, NULL, dice_number, NULL, "mig-dice");
	if (IS_ERR(dev)) {
		cdev_del(&dice_cdev);
		return PTR_ERR(dev);
	}
	return 0;
}

static int __init dice_init(void)
{
	int ret;

	dice_page = get_zeroed_page(GFP_KERNEL);
	if (!dice_page)
		return -ENOMEM;
	ret = alloc_chrdev_region(&dice_number, 0, 1, "mig-dice");
	if (ret)
		goto free_page;
	dice_class = class_create(THIS_MODULE, "mig-dice");
	if (IS_ERR(dice_class)) {
		ret = PTR_ERR(dice_class);
		goto free_region;
	}
	timer_setup(&dice_timer, dice_roll, 0);
	ret = dice_add();
	if (ret)
		goto free_class;
	mod_timer(&dice_timer, jiffies + HZ);
	return 0;

free_class:
	class_destroy(dice_class);
free_region:
	unregister_chrdev_region(dice_number, 1);
free_page:
	free_page(dice_page);
	return ret;
}

static void __exit dice_exit(void)
{
	device_destroy(dice_class, dice_number);
	cdev_del(&dice_cdev);
	del_timer_sync(&dice_timer);
	class_destroy(dice_class);
	unregister_chrdev_region(dice_number, 1);
	free_page(dice_page);
}

module_init(dice_init);
module_exit(dice_exit);
MODULE_DESCRIPTION("Fixture: character device to migrate");
MODULE_LICENSE("GPL");
