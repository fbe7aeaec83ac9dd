/* SPDX-License-Identifier: MIT */
/* What klint needs beside its executable: plugins, rules, pages, one header.
 *
 *	ROOT/lib/klint/klint-lower-N.so
 *	ROOT/share/klint/{rules,docs,include,contracts}
 */
#ifndef KLINT_RESOURCE_H
#define KLINT_RESOURCE_H

#include <stdbool.h>
#include "options.h"
#include "rules/rules.h"

struct resources {
	char *root;
	char *rules, *docs, *clangfix, *contracts;
};

/* Find them: --resource-dir, KLINT_RESOURCE_DIR, else beside /proc/self/exe.
 * False with a message when there are none. */
bool resources_find(struct resources *res, const struct options *opt);

/* The rules of klint and of --rules; NULL with messages. */
struct rules *resources_rules(const struct resources *res, const struct options *opt);

/* A clang and the plugin that was built for it. */
struct frontend {
	char *clang, *plugin;
	int major;
};
/* The plugin for clang @major, malloc'd, or NULL when there is none. */
char *plugin_for(const struct resources *res, int major);
/*
 * The front end to read sources with: @clang if it is not NULL (an error when
 * there is no plugin for it), else the newest that has a plugin and is
 * installed.  False with a line in @err.
 */
bool frontend_find(const struct resources *res, const char *clang,
		   struct frontend *fe, char *err, size_t errlen);

/* Write the names that the rules speak of into directory @dir, for the plugin.
 * The file's name, malloc'd; NULL with a message. */
char *write_names(const struct rules *rules, const char *dir);

#endif
