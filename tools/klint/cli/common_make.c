// SPDX-License-Identifier: MIT
/* Precompiling common headers: one that does not stand alone is left out. */
#define _GNU_SOURCE
#include "common.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include "base/base.h"
#include "spawn.h"

#define MAX_TRIES 8	/* each leaves headers out */

/* The macros by which kbuild names a unit; the plugin tells who depends on them. */
static const char *const unit_macros[] = {
	"KBUILD_MODNAME", "KBUILD_BASENAME", "KBUILD_MODFILE", "__KBUILD_MODNAME",
};
#define NMACROS (sizeof(unit_macros) / sizeof(unit_macros[0]))

static bool write_header(const char *dir, const struct string_list *names)
{
	char *path = xasprintf("%s/common.h", dir);
	FILE *out = fopen(path, "we");

	free(path);
	if (!out)
		return false;
	for (size_t i = 0; i < NMACROS; i++)
		fprintf(out, "#define %s \"klint\"\n", unit_macros[i]);
	for (size_t i = 0; i < names->n; i++)
		fprintf(out, "#include <%s>\n", names->v[i]);
	for (size_t i = 0; i < NMACROS; i++)
		fprintf(out, "#undef %s\n", unit_macros[i]);
	return !fclose(out);
}

static int run_compiler(const char *dir, const struct job *job, const struct analysis *a,
			const struct string_list *args, char **messages)
{
	struct string_list argv = { 0 };
	int err = memfd_create("messages", MFD_CLOEXEC), status;
	struct spawn_how how = { .dir = job->dir, .out = err, .err = err, .group = true };
	pid_t pid;

	string_list_add(&argv, job->fe.clang);
	for (size_t i = 0; i < args->n; i++)
		string_list_add(&argv, args->v[i]);
	string_list_add(&argv, "-w");
	string_list_add(&argv, "-fno-color-diagnostics");
	string_list_add(&argv, "-fno-crash-diagnostics");
	string_list_add(&argv, xasprintf("-fplugin=%s", job->fe.plugin));
	string_list_add(&argv, xasprintf("-fplugin-arg-klint-names=%s", a->names));
	string_list_add(&argv, xasprintf("-fplugin-arg-klint-make-common=%s/common.table", dir));
	string_list_add(&argv, "-MD");
	string_list_add(&argv, "-MF");
	string_list_add(&argv, xasprintf("%s/common.d", dir));
	string_list_add(&argv, "-x");
	string_list_add(&argv, "c-header");
	string_list_add(&argv, xasprintf("%s/common.h", dir));
	string_list_add(&argv, "-o");
	string_list_add(&argv, xasprintf("%s/common.pch", dir));
	pid = spawn((char **)argv.v, &how);
	status = pid < 0 ? -1 : spawn_wait(pid, a->timeout);
	*messages = read_all(err);
	close(err);
	free(argv.v);
	return status;
}

/* Those that this process has left out, of one kernel most likely. */
static struct string_list unfit;

/* Leave those out in whose lines of common.h clang's errors begin. */
static bool leave_out(struct string_list *names, const char *messages)
{
	size_t kept = 0, first = NMACROS + 1;
	bool *bad = xcalloc(names->n + 1, sizeof(*bad));

	for (const char *at = messages; (at = strstr(at, "/common.h:")); at++) {
		size_t line = strtoul(at + strlen("/common.h:"), NULL, 10);

		if (line >= first && line - first < names->n)
			bad[line - first] = true;
	}
	for (size_t i = 0; i < names->n; i++)
		if (bad[i])
			string_list_add(&unfit, names->v[i]);
		else
			names->v[kept++] = names->v[i];
	free(bad);
	if (kept == names->n)
		return false;
	names->n = kept;
	return true;
}

bool common_make(const char *dir, const struct common_key *key, const struct job *job,
		 const struct analysis *a, const struct string_list *wanted)
{
	struct string_list names = { 0 }, args = { 0 };
	struct timespec begin;
	bool fine = false;

	for (size_t i = 0; i < wanted->n; i++)
		if (!string_list_has(&unfit, wanted->v[i]))
			string_list_add(&names, wanted->v[i]);
	for (size_t i = 0; i < key->args.n; i++)
		string_list_add(&args, key->args.v[i]);
	for (size_t i = 0; i < MAX_TRIES && !fine && names.n; i++) {
		char *messages;
		int status;

		clock_gettime(CLOCK_REALTIME, &begin);
		if (!write_header(dir, &names))
			break;
		status = run_compiler(dir, job, a, &args, &messages);
		fine = !status && common_files_write(dir, job, &begin);
		if (status && !leave_out(&names, messages) &&
		    !drop_unknown(&args, messages, job->fe.major))
			i = MAX_TRIES;
		else if (!status && !fine)
			i = MAX_TRIES;
		free(messages);
	}
	free(names.v);
	free(args.v);
	return fine;
}
