/* SPDX-License-Identifier: MIT */
/* SARIF's locations: where in which file (physical), in which function
 * (logical).  Files inside the source root are named relative to it. */
#include <string.h>

#include "base/base.h"
#include "report/json_text.h"
#include "report/sarif.h"
#include "report/source.h"

/* Room for @prefix and three times @path; every byte but those that a URI takes
 * as they are is written in hexadecimal. */
static json_t *make_uri(const char *prefix, const char *path, const char *suffix)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~/+,@=";
	static const char hex[] = "0123456789ABCDEF";
	char *uri = xmalloc(strlen(prefix) + 3 * strlen(path) + strlen(suffix) + 1);
	size_t n = strlen(prefix);
	json_t *value;

	memcpy(uri, prefix, n);
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if (strchr(plain, c)) {
			uri[n++] = (char)c;
		} else {
			uri[n++] = '%';
			uri[n++] = hex[c >> 4];
			uri[n++] = hex[c & 15];
		}
	}
	memcpy(uri + n, suffix, strlen(suffix) + 1);
	value = json_text(uri);
	free(uri);
	return value;
}

json_t *sarif_root_uri(const char *root)
{
	return make_uri("file://", root, strcmp(root, "/") ? "/" : "");
}

static json_t *make_artifact(const struct path_info *file)
{
	json_t *artifact = json_object();

	json_put(artifact, "uri", make_uri(*file->path == '/' ? "file://" : "", file->path, ""));
	if (file->inside)
		json_put(artifact, "uriBaseId", json_text("SRCROOT"));
	return artifact;
}

static json_t *make_physical(const struct report *r, const struct klint_place *at)
{
	json_t *physical = json_object(), *region;

	json_put(physical, "artifactLocation", make_artifact(path_map_find(r->paths, at->file)));
	if (!at->line)
		return physical;
	region = json_object();
	json_put(region, "startLine", json_integer(at->line));
	if (at->col)
		json_put(region, "startColumn", json_integer(at->col));
	json_put(physical, "region", region);
	return physical;
}

static json_t *make_logical(const struct report *r, const struct klint_place *at,
			    const char *function)
{
	const char *path = path_map_find(r->paths, at->file)->path;
	char *full = xasprintf("%s::%s", path, function);
	json_t *logical = json_object(), *all = json_array();

	json_put(logical, "name", json_text(function));
	json_put(logical, "kind", json_text("function"));
	json_put(logical, "fullyQualifiedName", json_text(full));
	json_append(all, logical);
	free(full);
	return all;
}

json_t *sarif_location(const struct report *r, const struct klint_place *at,
		       const char *function)
{
	json_t *location = json_object();

	if (*at->file)
		json_put(location, "physicalLocation", make_physical(r, at));
	if (*function)
		json_put(location, "logicalLocations", make_logical(r, at, function));
	return location;
}
