// SPDX-License-Identifier: MIT
/* In the place of klint's plugin: what goes wrong by -DABORT, -DEXIT, -DHANG. */
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void go_wrong(void)
{
#if defined(ABORT)
	abort();
#elif defined(EXIT)
	_exit(0);
#elif defined(HANG)
	for (;;)
		pause();
#endif
}
