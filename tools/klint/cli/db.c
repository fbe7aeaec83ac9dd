// SPDX-License-Identifier: MIT
/* Reading compile commands: an array in one file, or one object on each line. */
#define _GNU_SOURCE
#include "record.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <string.h>
#include "base/base.h"

/* Split @command as a POSIX shell does it, expansions aside. */
static void split_command(struct string_list *to, const char *command)
{
	char *word = xmalloc(strlen(command) + 1);
	size_t n = 0;
	bool in_word = false;
	char quote = 0;

	for (const char *p = command; ; p++) {
		if (!*p || (!quote && isspace((unsigned char)*p))) {
			word[n] = '\0';
			if (in_word)
				string_list_add(to, xstrdup(word));
			n = 0;
			in_word = false;
			if (!*p)
				break;
			continue;
		}
		in_word = true;
		if (quote ? *p == quote : *p == '\'' || *p == '"') {
			quote = quote ? 0 : *p;
			continue;
		}
		if (*p == '\\' && p[1] && quote != '\'' &&
		    (!quote || strchr("\\\"$`", p[1])))
			p++;
		word[n++] = *p;
	}
	free(word);
}

static const char *text_of(const json_t *entry, const char *key)
{
	const char *s = json_string_value(json_object_get(entry, key));

	return s ? xstrdup(s) : NULL;
}

/* NULL, or what is wrong with the entry. */
static const char *read_entry(struct db *db, const json_t *entry)
{
	const json_t *args = json_object_get(entry, "arguments"), *arg;
	const char *command = json_string_value(json_object_get(entry, "command"));
	struct db_entry *e;
	size_t i;

	if (!json_is_object(entry))
		return "an entry is no object";
	if (!json_object_get(entry, "directory") || !json_object_get(entry, "file"))
		return "an entry has no \"directory\" or no \"file\"";
	e = &vec_push(db->v, db->n, db->cap);
	*e = (struct db_entry){ .directory = text_of(entry, "directory"),
				.file = text_of(entry, "file") };
	json_array_foreach(args, i, arg) {
		if (!json_is_string(arg))
			return "\"arguments\" holds what is no string";
		string_list_add(&e->arguments, xstrdup(json_string_value(arg)));
	}
	if (!args && command)
		split_command(&e->arguments, command);
	if (!e->arguments.n || !e->directory || !e->file)
		return "an entry has no command: neither \"arguments\" nor \"command\"";
	return NULL;
}

static bool wrong(const char *path, int line, const char *what)
{
	fprintf(stderr, "%s:%d: %s; write the file anew, for instance with 'make compile_commands.json' or 'klint cc --record'\n",
		path, line, what);
	return false;
}

static bool read_array(struct db *db, FILE *in, const char *path)
{
	json_error_t error;
	json_t *array = json_loadf(in, 0, &error), *entry;
	const char *trouble = NULL;
	size_t i;

	if (!array)
		return wrong(path, error.line, error.text);
	json_array_foreach(array, i, entry) {
		trouble = read_entry(db, entry);
		if (trouble)
			break;
	}
	json_decref(array);
	return !trouble || wrong(path, 1, trouble);
}

static bool read_lines(struct db *db, FILE *in, const char *path)
{
	char *line = NULL;
	size_t cap = 0;
	bool fine = true;

	for (int nr = 1; fine && getline(&line, &cap, in) > 0; nr++) {
		json_error_t error;
		const char *trouble;
		json_t *entry;

		if (line[strspn(line, " \t\r\n")] == '\0')
			continue;
		entry = json_loads(line, 0, &error);
		trouble = entry ? read_entry(db, entry) : error.text;
		if (trouble)
			fine = wrong(path, nr, trouble);
		json_decref(entry);
	}
	free(line);
	return fine;
}

bool db_read(struct db *db, const char *path)
{
	FILE *in = fopen(path, "re");
	bool fine;
	int c;

	if (!in) {
		fprintf(stderr, "klint: %s: %s\n", path, strerror(errno));
		return false;
	}
	while ((c = getc(in)) != EOF && isspace(c))
		;
	if (c == EOF) {
		fclose(in);
		return wrong(path, 1, "the file is empty");
	}
	rewind(in);
	fine = c == '{' ? read_lines(db, in, path) : read_array(db, in, path);
	fclose(in);
	return fine;
}
