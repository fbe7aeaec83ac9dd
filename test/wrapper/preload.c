// SPDX-License-Identifier: MIT
/* Loaded into klint before the C library: the analysis, known by the file that it
 * opens, goes wrong by GO_WRONG=crash or GO_WRONG=hang. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int open(const char *path, int flags, ...)
{
	static int (*real)(const char *, int, ...);
	const char *how = getenv("GO_WRONG");
	size_t n = strlen(path);
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = va_arg(ap, int);
	va_end(ap);
	if (!real)
		real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
	if (how && n > 5 && !strcmp(path + n - 5, ".kirb") &&
	    !strcmp(program_invocation_short_name, "klint")) {
		if (!strcmp(how, "crash"))
			raise(SIGSEGV);
		for (;;)
			pause();
	}
	return real(path, flags, mode);
}
