// SPDX-License-Identifier: MIT
/*
 * Recording instead of compiling: what kbuild asks for is written down, and an
 * empty object and the dependency file that it reads next are put in place.
 */
#define _GNU_SOURCE
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include "base/base.h"
#include "outfile.h"

static int complain(const char *path)
{
	fprintf(stderr, "klint cc --record: %s: %s\n", path, strerror(errno));
	return EXIT_TROUBLE;
}

/* The object's name when there is no -o, as compilers choose it. */
static char *output_name(const struct compile *c)
{
	const char *base = strrchr(c->source, '/');

	if (c->output)
		return xstrdup(c->output);
	base = base ? base + 1 : c->source;
	return xasprintf("%.*s.o", (int)strlen(base) - 2, base);
}

static char *entry_line(char *const *argv, const struct compile *c, const char *output)
{
	char cwd[PATH_MAX];
	json_t *args = json_array(), *entry;
	char *text, *line;

	if (!getcwd(cwd, sizeof(cwd)))
		strcpy(cwd, ".");
	for (; *argv; argv++)
		json_array_append_new(args, json_string(*argv));
	entry = json_pack("{s:s, s:o, s:s, s:s}", "directory", cwd, "arguments", args,
			  "file", c->source, "output", output);
	text = entry ? json_dumps(entry, JSON_COMPACT) : NULL;
	line = text ? xasprintf("%s\n", text) : NULL;
	free(text);
	json_decref(entry);
	return line;
}

static bool put(const char *path, const char *text, int flags)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0666);
	bool fine;

	if (fd < 0)
		return false;
	fine = write_fully(fd, text, strlen(text));
	return !close(fd) && fine;
}

int record_compile(const char *file, char *const *argv, const struct compile *c)
{
	char *output = output_name(c), *line = entry_line(argv, c, output);
	char *rule = xasprintf("%s: %s\n", output, c->source);
	int status = EXIT_CLEAN;

	if (!line) {
		fprintf(stderr, "klint cc --record: %s: the command is not in UTF-8\n", c->source);
		status = EXIT_TROUBLE;
	} else if (!put(file, line, O_APPEND)) {
		status = complain(file);
	} else if (!put(output, "", O_TRUNC)) {
		status = complain(output);
	} else if (c->depfile && !put(c->depfile, rule, O_TRUNC)) {
		status = complain(c->depfile);
	}
	free(line);
	free(rule);
	free(output);
	return status;
}
