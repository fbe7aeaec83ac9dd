// SPDX-License-Identifier: MIT
/*
 * "target: name name", over several lines that end in a backslash.  In a name a blank
 * and # have a backslash before them, and $ is written twice.
 */
#define _GNU_SOURCE
#include "depfile.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "analyse.h"

/* The next name, or NULL at the end; *at moves behind it. */
static char *next_name(char **at)
{
	char *p = *at + strspn(*at, " \t\r\n"), *to, *name;

	while (p[0] == '\\' && (p[1] == '\n' || p[1] == '\r')) {
		p += 2;
		p += strspn(p, " \t\r\n");
	}
	if (!*p) {
		*at = p;
		return NULL;
	}
	for (name = to = p; *p && !strchr(" \t\r\n", *p); p++) {
		if (*p == '\\' && p[1] && strchr(" #", p[1]))
			p++;
		else if (*p == '\\' && (p[1] == '\n' || p[1] == '\r'))
			break;
		else if (*p == '$' && p[1] == '$')
			p++;
		*to++ = *p;
	}
	*at = *p ? p + 1 : p;
	*to = '\0';
	return name;
}

bool depfile_read(struct string_list *deps, struct arena *arena, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text, *at, *name;
	size_t before = deps->n;

	if (fd < 0)
		return false;
	text = read_all(fd);
	close(fd);
	at = strchr(text, ':');
	if (at)
		at++;
	while (at && (name = next_name(&at)))
		string_list_add(deps, arena_strdup(arena, name));
	free(text);
	return deps->n > before;
}
