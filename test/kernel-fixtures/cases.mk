# SPDX-License-Identifier: GPL-2.0-only
# Included by each lint's Kbuild: every .c beside it is a module.  The cases that
# use guards need declarations in the middle of a block, which the kernel's own
# flags allow from 6.5 on.
cases := $(notdir $(wildcard $(src)/*.c))
guards := $(notdir $(shell grep -l '<linux/cleanup.h>' $(wildcard $(src)/*.c)))
has-guards := $(shell [ $$(($(VERSION) * 1000 + $(PATCHLEVEL))) -ge 6005 ] && echo y)
ifneq ($(has-guards),y)
cases := $(filter-out $(guards),$(cases))
endif
obj-m := $(cases:.c=.o)
