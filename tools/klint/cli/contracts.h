/* SPDX-License-Identifier: MIT */
/*
 * Files of contracts: what `klint export` writes, compressed, with the release of
 * the kernel that they are of.
 */
#ifndef KLINT_CONTRACTS_H
#define KLINT_CONTRACTS_H

#include <stdio.h>
#include "checks/checks.h"
#include "resource.h"

/* Write @size bytes of checks_export(), for kernel @release ("" when nobody knows).
 * False when they could not be written. */
bool contracts_write(FILE *out, const void *bytes, size_t size, const char *release);

/* Give those of file @path to @check; they live as long as the process.  False with a
 * message that begins with @what when it is no such file, of another version of klint,
 * cut or damaged; @check is then as it was. */
bool contracts_load(struct check_options *check, const char *path, const char *what);

/*
 * The file that klint brings for kernels of the series of @release ("6.12" of
 * "6.12.90-amd64"), malloc'd; NULL when there is none.
 */
char *contracts_for(const struct resources *res, const char *release);

/* The release that the kernel build directory @dir (NULL: here) is of, malloc'd; ""
 * when it does not say. */
char *kernel_release(const char *dir);

#endif
