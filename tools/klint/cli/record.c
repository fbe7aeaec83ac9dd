// SPDX-License-Identifier: MIT
/*
 * Recording instead of compiling: what kbuild asks for is written down, and an
 * empty object and the dependency file that it reads next are put in place.
 * Linkers, ar and nm are run on the object, so it is a file that they accept.
 */
#define _GNU_SOURCE
#include "record.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include "base/base.h"
#include "outfile.h"

#define NAMES "\0.symtab\0.strtab"

/* What a compiler makes of an empty file, without the sections that hold nothing:
 * binutils takes no relocatable object without a section table. */
static const struct object {
	Elf64_Ehdr header;
	Elf64_Shdr sections[3];
	Elf64_Sym symbols[1];	/* the first one means "none" */
	char names[sizeof(NAMES)];
} empty_object = {
	.header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_shoff = offsetof(struct object, sections),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = 3,
		.e_shstrndx = 2,
	},
	.sections = {
		[1] = {
			.sh_name = 1,
			.sh_type = SHT_SYMTAB,
			.sh_offset = offsetof(struct object, symbols),
			.sh_size = sizeof(Elf64_Sym),
			.sh_link = 2,
			.sh_info = 1,
			.sh_addralign = 8,
			.sh_entsize = sizeof(Elf64_Sym),
		},
		[2] = {
			.sh_name = sizeof("\0.symtab"),
			.sh_type = SHT_STRTAB,
			.sh_offset = offsetof(struct object, names),
			.sh_size = sizeof(NAMES),
			.sh_addralign = 1,
		},
	},
	.names = NAMES,
};

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

static bool put(const char *path, const void *data, size_t len, int flags)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0666);
	bool fine;

	if (fd < 0)
		return false;
	fine = write_fully(fd, data, len);
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
	} else if (!put(file, line, strlen(line), O_APPEND)) {
		status = complain(file);
	} else if (!put(output, &empty_object, sizeof(empty_object), O_TRUNC)) {
		status = complain(output);
	} else if (c->depfile && !put(c->depfile, rule, strlen(rule), O_TRUNC)) {
		status = complain(c->depfile);
	}
	free(line);
	free(rule);
	free(output);
	return status;
}
