#include <linux/module.h>
#include <asm/unaligned.h>

int x;
