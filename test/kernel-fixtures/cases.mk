# SPDX-License-Identifier: GPL-2.0-only
# Included by each lint's Kbuild: every .c beside it is a module, but for what
# modpost writes.  The cases that use guards need declarations in the middle of a
# block, which the kernel's own flags allow from 6.5 on.
sources := $(filter-out %.mod.c,$(wildcard $(src)/*.c))
has-guards := $(shell [ $$(($(VERSION) * 1000 + $(PATCHLEVEL))) -ge 6005 ] && echo y)
ifneq ($(has-guards),y)
sources := $(filter-out $(shell grep -l '<linux/cleanup.h>' $(sources)),$(sources))
endif
obj-m := $(patsubst %.c,%.o,$(notdir $(sources)))
