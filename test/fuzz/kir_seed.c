// SPDX-License-Identifier: MIT
/* kir-seed TEXT IMAGE: the image of a textual module, to fuzz from. */
#include "kir/kir_text.h"

#include <stdlib.h>

static struct kir_module *parse_file(const char *path, char *err, size_t errlen)
{
	static char text[1 << 20];
	FILE *in = fopen(path, "r");
	size_t n;

	if (!in) {
		snprintf(err, errlen, "%s: cannot be read", path);
		return NULL;
	}
	n = fread(text, 1, sizeof(text), in);
	fclose(in);
	return kir_parse(text, n, path, err, errlen);
}

int main(int argc, char **argv)
{
	char err[200] = "usage: kir-seed TEXT IMAGE";
	struct kir_module *m = argc == 3 ? parse_file(argv[1], err, sizeof(err)) : NULL;
	int ok = m && !kir_save(m, argv[2], err, sizeof(err));

	if (!ok)
		fprintf(stderr, "%s\n", err);
	kir_close(m);
	return ok ? 0 : 2;
}
