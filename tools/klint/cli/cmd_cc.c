// SPDX-License-Identifier: MIT
/*
 * The compiler's wrapper.  The promise: what the compiler would have done is done
 * - the same object, exit status and messages - whatever happens to klint.
 *
 * A clang with a plugin compiles and lowers in one run, with its messages held
 * back until it has succeeded.  A run that failed has told nothing: the compile
 * is run again as it is, and only that counts.  So a mistake in the source and a
 * crash of the plugin need not be told apart by their exit status.  Any other
 * compiler runs as it is, and clang reads the source once more afterwards.
 */
#define _GNU_SOURCE
#include "command.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/base.h"
#include "common.h"
#include "outfile.h"
#include "record.h"
#include "session.h"
#include "spawn.h"
#include "tmpdir.h"

/* A compile may take several times as long as an analysis. */
#define COMPILE_TIMEOUTS 5

struct cc {
	const struct options *opt;
	struct session s;
	struct baseline *baseline;
	char **argv;
	struct compile compile;
	struct compiler compiler;
};

static int exec_compiler(char **argv)
{
	execvp(argv[0], argv);
	fprintf(stderr, "klint cc: %s: %s\n", argv[0], strerror(errno));
	return errno == ENOENT ? 127 : 126;
}

static void not_analysed(const struct cc *cc, const char *why)
{
	char *line = xasprintf("klint: not analysed: %s: %s\n", cc->compile.source, why);

	write_fully(STDERR_FILENO, line, strlen(line));
	free(line);
}

/* Run the command as it is.  Ends klint as the compiler ended if a signal did. */
static int run_untouched(char **argv)
{
	struct spawn_how how = SPAWN_PLAIN;
	pid_t pid = spawn(argv, &how);
	int status;

	if (pid < 0) {
		fprintf(stderr, "klint cc: %s: %s\n", argv[0], strerror(errno));
		return errno == ENOENT ? 127 : 126;
	}
	status = spawn_wait(pid, 0);
	if (WIFSIGNALED(status)) {
		tmpdir_remove_all();
		signal(WTERMSIG(status), SIG_DFL);
		raise(WTERMSIG(status));
		return 128 + WTERMSIG(status);
	}
	return WEXITSTATUS(status);
}

static bool has_prefix(char **argv, const char *prefix)
{
	for (; *argv; argv++)
		if (!strncmp(*argv, prefix, strlen(prefix)))
			return true;
	return false;
}

/* Messages look as on the terminal that they will reach. */
static void add_terminal_options(struct string_list *argv, char **given)
{
	struct winsize ws;

	if (!isatty(STDERR_FILENO))
		return;
	if (!has_prefix(given, "-fcolor-diagnostics") &&
	    !has_prefix(given, "-fno-color-diagnostics") &&
	    !has_prefix(given, "-fdiagnostics-color") &&
	    !has_prefix(given, "-fno-diagnostics-color"))
		string_list_add(argv, "-fcolor-diagnostics");
	if (!has_prefix(given, "-fmessage-length=") &&
	    !ioctl(STDERR_FILENO, TIOCGWINSZ, &ws) && ws.ws_col)
		string_list_add(argv, xasprintf("-fmessage-length=%d", ws.ws_col));
}

/* Compile with the plugin.  True when that succeeded and left its KIR; only then
 * are its messages out. */
static bool compile_and_lower(const struct cc *cc, const char *plugin, const char *kirb)
{
	int err = memfd_create("messages", MFD_CLOEXEC);
	struct spawn_how how = { .out = -1, .err = err, .group = true };
	struct string_list argv = { 0 };
	char *messages;
	bool fine;
	pid_t pid;

	for (char **arg = cc->argv; *arg; arg++)
		string_list_add(&argv, *arg);
	string_list_add(&argv, xasprintf("-fplugin=%s", plugin));
	string_list_add(&argv, xasprintf("-fplugin-arg-klint-out=%s", kirb));
	string_list_add(&argv, xasprintf("-fplugin-arg-klint-names=%s", cc->s.analysis.names));
	string_list_add(&argv, "-fno-crash-diagnostics");
	add_terminal_options(&argv, cc->argv);
	pid = err < 0 ? -1 : spawn((char **)argv.v, &how);
	if (pid < 0)
		return false;
	fine = spawn_wait(pid, COMPILE_TIMEOUTS * cc->s.analysis.timeout) == 0 &&
	       !access(kirb, R_OK);
	if (fine) {
		messages = read_all(err);
		write_fully(STDERR_FILENO, messages, strlen(messages));
		free(messages);
	}
	close(err);
	return fine;
}

static char *report_name(const struct cc *cc)
{
	const char *object = cc->compile.output ? cc->compile.output : cc->compile.source;
	char *name = xasprintf("%s/%s.%s", cc->opt->output_dir, object + strspn(object, "./"),
			       cc->opt->format == FORMAT_SARIF ? "sarif" : "json");

	for (char *p = name + strlen(cc->opt->output_dir) + 1; *p; p++)
		if (*p == '/')
			*p = '@';
	return name;
}

static void write_report(const struct cc *cc, const struct report *r)
{
	struct report_options how = { 0 };
	struct options opt = *cc->opt;
	struct session s = cc->s;
	char *name = report_name(cc);
	struct outfile f;

	if (opt.format == FORMAT_TEXT)
		opt.format = FORMAT_JSON;
	s.opt = &opt;
	if (outfile_open(&f, name)) {
		session_print(&s, r, &how, f.out);
		outfile_commit(&f);
	}
	free(name);
}

/* All that is said of one unit leaves in one write, so that parallel compiles do
 * not mix their lines. */
static void print_report(const struct cc *cc, const struct report *r)
{
	struct report_options how = { .colour = isatty(STDERR_FILENO) };
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	session_print(&cc->s, r, &how, out);
	fclose(out);
	write_fully(STDERR_FILENO, text, len);
	free(text);
}

static const char *source_root(void)
{
	const char *module = getenv("KBUILD_EXTMOD"), *tree = getenv("srctree");

	if (module && *module == '/')
		return module;
	return tree && *tree == '/' ? tree : NULL;
}

static int report_findings(const struct cc *cc, struct finding_list *findings,
			   const char *source)
{
	const char *sources[] = { source };
	struct report_scope scope = {
		.source_root = source_root(), .sources = sources, .nsources = 1,
		.only = cc->s.analysis.check.only, .rt = cc->opt->rt,
	};
	struct report r;
	int status = EXIT_CLEAN;

	report_init(&r, findings, &scope);
	report_suppress(&r);
	if (cc->baseline)
		report_baseline_apply(&r, cc->baseline);
	if (cc->opt->output_dir)
		write_report(cc, &r);
	if (!cc->opt->quiet && report_count_state(&r, REPORT_OPEN))
		print_report(cc, &r);
	if (cc->opt->fail_on != FAIL_NEVER && report_count(&r, cc->opt->fail_on))
		status = EXIT_FINDINGS;
	report_free(&r);
	return status;
}

static int analyse_and_report(const struct cc *cc, const struct job *job)
{
	struct job with_facts = *job;
	struct outcome out;
	int status = EXIT_CLEAN;

	if (!cc->opt->no_facts && cc->compile.output) {
		with_facts.object = cc->compile.output;
		with_facts.facts = xasprintf("%s.klint", cc->compile.output);
	}
	common_assign_one(&with_facts, &cc->s.analysis);
	analyse_one(&with_facts, &cc->s.analysis, &out);
	if (out.status == OUTCOME_DONE)
		status = report_findings(cc, &out.findings, out.message);
	else
		not_analysed(cc, out.message);
	outcome_free(&out);
	return status;
}

static int compile_with_plugin(const struct cc *cc, const char *plugin)
{
	struct job job = { .kind = JOB_BINARY, .name = cc->compile.source };
	char *line;
	int status;

	job.path = xasprintf("%s/unit.kirb", cc->s.analysis.tmp);
	if (compile_and_lower(cc, plugin, job.path))
		return analyse_and_report(cc, &job);
	status = run_untouched(cc->argv);
	if (status)
		return status;
	line = xasprintf("klint: the analysis of %s crashed; the compile was run again without it; nothing was analysed\n",
			 cc->compile.source);
	write_fully(STDERR_FILENO, line, strlen(line));
	free(line);
	return EXIT_CLEAN;
}

static int compile_then_read(const struct cc *cc)
{
	struct job job = { .name = cc->compile.source };
	int status = run_untouched(cc->argv);
	char err[512];

	if (status)
		return status;
	if (job_from_command(&job, &cc->s, cc->argv, err, sizeof(err)))
		return analyse_and_report(cc, &job);
	not_analysed(cc, err);
	return EXIT_CLEAN;
}

/* Facts of an earlier compile are not those of the object that is made now, whether or
 * not new ones come in their place. */
static void remove_facts(const struct cc *cc)
{
	char *path = xasprintf("%s.klint", cc->compile.output ? cc->compile.output : "");

	if (cc->compile.output)
		unlink(path);
	free(path);
}

/*
 * Behind ccache and its kin the compiler may not run at all, so klint's own front end
 * reads the source in any case: there are facts whether or not the object was found.
 */
/* Not a kernel's own build: there the program itself is, for 'klint link'. */
static bool is_module_build(void)
{
	const char *module = getenv("KBUILD_EXTMOD");

	return module && *module;
}

static int compile_and_analyse(struct cc *cc)
{
	char *plugin = NULL;

	remove_facts(cc);

	/* Whatever klint lacks, the build goes on. */
	if (!session_begin(&cc->s, cc->opt) || !session_baseline(cc->opt, &cc->baseline)) {
		not_analysed(cc, "klint cannot start, for the reason above");
		tmpdir_remove_all();
		return exec_compiler(cc->argv);
	}
	if (is_module_build())
		session_contracts(&cc->s, NULL);
	compiler_identify(&cc->compiler, cc->argv);
	if (cc->compiler.kind == COMPILER_CLANG && !cc->compiler.launcher &&
	    !cc->compile.verbatim && !cc->opt->clang)
		plugin = plugin_for(&cc->s.res, cc->compiler.major);
	return plugin ? compile_with_plugin(cc, plugin) : compile_then_read(cc);
}

static int cmd_cc(const struct command *self, int argc, char **argv)
{
	struct options opt = { .fail_on = FAIL_NEVER };
	struct cc cc = { .opt = &opt };
	int at, status;

	if (!options_from_environment(&opt, self->accepts, self->name))
		return EXIT_TROUBLE;
	if (!command_begin(self, argc, argv, &opt, NULL, &at, &status))
		return status;
	if (at >= argc)
		return command_misused(self, "no compiler is given");
	cc.argv = argv + at;
	compile_read(&cc.compile, cc.argv + launcher_words(cc.argv));
	if (!compile_is_for_klint(&cc.compile))
		return exec_compiler(cc.argv);
	if (opt.record)
		return record_compile(opt.record, cc.argv, &cc.compile);
	spawn_init();
	return compile_and_analyse(&cc);
}

const struct command command_cc = {
	.name = "cc",
	.summary = "run a compiler, and analyse what it compiles",
	.synopsis = "klint cc [options] [--] COMPILER ARGUMENTS…",
	.text =
"Stands in for the compiler in kbuild: make CC=\"klint cc gcc\". The compiler's\n"
"object, messages and exit status are those of the compiler alone. What is no\n"
"compile of kernel code is handed to the compiler untouched. Findings go to\n"
"standard error; what 'klint link' needs goes beside each object (foo.o.klint).\n"
"KLINT_FLAGS may hold options, so that CC need not change; they\n"
"are read before those of the command line.\n",
	.example =
"  make CC=\"klint cc clang-22\" KLINT_FLAGS=\"--rt --fail-on=error\" M=$PWD modules\n"
"  make CC=\"klint cc --record /tmp/commands.json gcc\" -k drivers/net/\n",
	.accepts = OPT_HELP | OPT_RESOURCE | OPT_ANALYSE | OPT_REPORT | OPT_CC,
	.run = cmd_cc,
};
