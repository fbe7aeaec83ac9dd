// SPDX-License-Identifier: MIT
/*
 * Any bytes as a module's image: either refused with a message, or a module of
 * which every index holds, so that printing all of it touches nothing outside.
 * Seeds: what kir-seed makes of seeds/kir_text/.
 */
#define _GNU_SOURCE
#include "kir/kir_text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(const struct kir_module *m)
{
	static FILE *sink;
	char buf[40];

	if (!sink)
		sink = fopen("/dev/null", "w");
	kir_print(m, NULL, sink);
	for (uint32_t v = 0; v < m->nvalues; v++) {
		kir_pretty(m, NULL, v, buf, sizeof(buf));
		if (m->nfuncs)
			kir_pretty(m, &m->funcs[0], v, buf, sizeof(buf));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char err[200] = "";
	struct kir_module *m = kir_from_memory(data, size, "fuzz", err, sizeof(err));

	if (!m != !!err[0])
		abort();
	if (m)
		read_all(m);
	kir_close(m);
	return 0;
}
