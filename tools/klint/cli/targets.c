// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "targets.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/base.h"

static bool ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n > m && !strcmp(s + n - m, suffix);
}

static struct job *new_job(struct plan *plan)
{
	struct job *job = &vec_push(plan->v, plan->n, plan->cap);

	memset(job, 0, sizeof(*job));
	return job;
}

static bool plan_job(struct plan *plan, const struct session *s, char *const *argv,
		     const char *name, const char *dir)
{
	struct job *job = new_job(plan);
	char err[512];

	if (job_from_command(job, s, argv, err, sizeof(err))) {
		job->name = name;
		job->dir = dir;
		return true;
	}
	plan->n--;
	fprintf(stderr, "klint: not analysed: %s: %s\n", name, err);
	return false;
}

bool plan_source(struct plan *plan, const struct session *s, const char *source,
		 char *const *args)
{
	struct string_list argv = { 0 };
	bool bare = !args[0];

	/* Flags without a compiler's name may be of either compiler. */
	if (!args[0] || args[0][0] == '-' || ends(args[0], ".c"))
		string_list_add(&argv, "gcc");
	while (*args) {
		bool pair = option_takes_next(*args) && args[1];

		/* The source may stand among them, under any of its names. */
		if ((*args)[0] != '-' && ends(*args, ".c")) {
			args++;
			continue;
		}
		string_list_add(&argv, *args++);
		if (pair)
			string_list_add(&argv, *args++);
	}
	string_list_add(&argv, source);
	if (!plan_job(plan, s, (char **)argv.v, source, NULL))
		return false;
	plan->v[plan->n - 1].bare = bare;
	return true;
}

/* The name of @path, a file of a command that ran in @dir, as a person who stands
 * here would write it. */
static const char *file_name(const char *dir, const char *path)
{
	struct arena *arena = arena_new();
	char cwd[PATH_MAX] = "", *name;
	const char *full = path[0] == '/' ? path : arena_printf(arena, "%s/%s", dir, path);

	if (!getcwd(cwd, sizeof(cwd)))
		cwd[0] = '\0';
	name = xstrdup(name_for_people(arena, full, cwd));
	arena_free(arena);
	return name;
}

static bool below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return !strncmp(path, dir, n) && (path[n] == '/' || !path[n]);
}

/*
 * The module was recorded in @overlay, a copy of links.  Its files are read where
 * they really are, except for those that were only made there; directories of
 * headers are searched in both places.
 */
static void leave_overlay(struct string_list *argv, const char *overlay, const char *dir)
{
	struct string_list to = { 0 };

	for (size_t i = 0; i < argv->n; i++) {
		const char *arg = argv->v[i];
		const char *at = strstr(arg, overlay);
		char *real;

		if (!at || !below(at, overlay)) {
			string_list_add(&to, arg);
			continue;
		}
		real = xasprintf("%.*s%s%s", (int)(at - arg), arg, dir, at + strlen(overlay));
		if (at - arg == 2 && arg[0] == '-' && arg[1] == 'I') {
			string_list_add(&to, real);
			string_list_add(&to, arg);
		} else {
			bool there = !access(real + (at - arg), F_OK);

			string_list_add(&to, there ? real : arg);
		}
	}
	free(argv->v);
	*argv = to;
}

void plan_commands(struct plan *plan, const struct session *s, const struct db *db,
		   const char *overlay, const char *dir)
{
	for (size_t i = 0; i < db->n; i++) {
		struct db_entry *e = &db->v[i];
		const char *name = NULL;

		if (!ends(e->file, ".c")) {
			plan->skipped++;
			continue;
		}
		if (overlay) {
			leave_overlay(&e->arguments, overlay, dir);
			if (below(e->file, overlay))
				name = file_name("", xasprintf("%s%s", dir,
							       e->file + strlen(overlay)));
		}
		if (!name)
			name = file_name(e->directory, e->file);
		if (!plan_job(plan, s, (char **)e->arguments.v, name, e->directory)) {
			plan->trouble++;
			continue;
		}
		plan->v[plan->n - 1].from = overlay;
		plan->v[plan->n - 1].to = dir;
	}
}

static bool plan_database(struct plan *plan, const struct session *s, const char *path)
{
	struct db db = { 0 };

	if (!db_read(&db, path))
		return false;
	plan_commands(plan, s, &db, NULL, NULL);
	return true;
}

static bool plan_kir(struct plan *plan, const char *path, enum job_kind kind)
{
	struct job *job = new_job(plan);

	job->kind = kind;
	job->name = job->path = path;
	return true;
}

static bool has_file(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	bool there = !access(path, R_OK);

	free(path);
	return there;
}

static bool plan_directory(struct plan *plan, const struct session *s, const char *dir)
{
	if (has_file(dir, "Kbuild") || has_file(dir, "Makefile"))
		return plan_module(plan, s, dir);
	if (has_file(dir, "compile_commands.json"))
		return plan_database(plan, s, xasprintf("%s/compile_commands.json", dir));
	fprintf(stderr, "klint: %s: has neither Kbuild nor Makefile nor compile_commands.json; name a module's directory or a file\n",
		dir);
	return false;
}

/* A file that holds JSON under whatever name. */
static bool is_json(const char *path)
{
	FILE *in = fopen(path, "re");
	int c = EOF;

	if (!in)
		return false;
	while ((c = getc(in)) != EOF && isspace(c))
		;
	fclose(in);
	return c == '[' || c == '{';
}

static bool plan_target(struct plan *plan, const struct session *s, const char *target,
			char *const *args)
{
	struct stat st;

	if (stat(target, &st)) {
		fprintf(stderr, "klint: %s: %s\n", target, strerror(errno));
		return false;
	}
	if (S_ISDIR(st.st_mode))
		return plan_directory(plan, s, target);
	if (ends(target, ".c"))
		return plan_source(plan, s, target, args);
	if (ends(target, ".kir"))
		return plan_kir(plan, target, JOB_TEXT);
	if (ends(target, ".kirb"))
		return plan_kir(plan, target, JOB_BINARY);
	if (ends(target, ".json") || is_json(target))
		return plan_database(plan, s, target);
	fprintf(stderr, "klint: %s: is neither a .c, .kir or .kirb file, nor compile commands in JSON, nor a directory\n",
		target);
	return false;
}

static void plan_list(struct plan *plan, const struct session *s, const char *list,
		      char *const *args)
{
	FILE *in = !strcmp(list, "-") ? stdin : fopen(list, "re");
	char *line = NULL;
	size_t cap = 0;

	if (!in) {
		fprintf(stderr, "klint: --files-from=%s: %s\n", list, strerror(errno));
		plan->trouble++;
		return;
	}
	while (getline(&line, &cap, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (*line && !plan_target(plan, s, xstrdup(line), args))
			plan->trouble++;
	}
	free(line);
	if (in != stdin)
		fclose(in);
}

void plan_targets(struct plan *plan, const struct session *s,
		  const struct string_list *targets, char *const *args)
{
	for (size_t i = 0; i < targets->n; i++)
		if (!plan_target(plan, s, targets->v[i], args))
			plan->trouble++;
	if (s->opt->files_from)
		plan_list(plan, s, s->opt->files_from, args);
}
