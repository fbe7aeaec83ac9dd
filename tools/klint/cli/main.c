// SPDX-License-Identifier: MIT
/* Find the command, or say which was probably meant. */
#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct command *const commands[] = {
	&command_check, &command_kernel, &command_link, &command_export, &command_cc,
	&command_check_cmd, &command_explain, &command_lints, &command_show, &command_ops,
	&command_dump,
};
#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_overview(FILE *out)
{
	fputs("klint finds context, locking and lifetime mistakes in the C of the Linux kernel.\n\n"
	      "usage: klint COMMAND [options] …\n\n", out);
	for (size_t i = 0; i < NCOMMANDS; i++)
		fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n'klint COMMAND --help' explains a command; 'klint --version' prints the version.\n"
	      "Exit status: 0 clean, 1 findings at or above --fail-on, 2 klint could not do\n"
	      "what it was asked.\n", out);
}

static int print_help(const struct command *c)
{
	printf("klint %s: %s\n\nusage: %s\n\n%s\n", c->name, c->summary, c->synopsis, c->text);
	printf("options:\n");
	options_print(c->accepts, stdout);
	printf("\nexample:\n%s", c->example);
	return EXIT_CLEAN;
}

bool command_begin(const struct command *self, int argc, char **argv,
		   struct options *opt, struct string_list *operands, int *at, int *status)
{
	*at = 1;
	*status = EXIT_TROUBLE;
	if (!options_parse(opt, self->accepts, self->name, argv, argc, at, operands))
		return false;
	if (!opt->help)
		return true;
	*status = print_help(self);
	return false;
}

int command_misused(const struct command *self, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "klint %s: ", self->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nusage: %s\n'klint %s --help' tells more\n", self->synopsis, self->name);
	return EXIT_TROUBLE;
}

static int unknown_command(const char *word)
{
	const char *names[NCOMMANDS];
	const char *near;

	for (size_t i = 0; i < NCOMMANDS; i++)
		names[i] = commands[i]->name;
	near = nearest_name(word + strspn(word, "-"), names, NCOMMANDS);
	fprintf(stderr, "klint: unknown %s '%s'", word[0] == '-' ? "option" : "command", word);
	if (near)
		fprintf(stderr, ", did you mean '%s'?", near);
	fprintf(stderr, "\n'klint --help' lists the commands\n");
	return EXIT_TROUBLE;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (!strcmp(name, commands[i]->name))
			return commands[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_overview(stderr);
		return EXIT_TROUBLE;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("klint %s\n", KLINT_VERSION);
		return EXIT_CLEAN;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		command = argc > 2 ? find_command(argv[2]) : NULL;
		if (command)
			return print_help(command);
		print_overview(stdout);
		return EXIT_CLEAN;
	}
	command = find_command(argv[1]);
	if (!command)
		return unknown_command(argv[1]);
	return command->run(command, argc - 1, argv + 1);
}
