/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TWOFILE_H
#define TWOFILE_H
int second(int x);
#endif
