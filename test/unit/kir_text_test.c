/* SPDX-License-Identifier: MIT */
/* The text form: where its parser says a mistake is, and values as C. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "kir/kir_text.h"
#include "support.h"

static char err[300];

#define IN_F(lines) "func f(%p: ptr foo) -> void {\nb0:\n" lines "\n}\n"

static const struct {
	const char *text, *message;
} mistakes[] = {
	{"nonsense", "t:1:1: expected const, record, global or func"},
	{"module foo", "t:1:8: expected a string, found 'foo'"},
	{"module \"a", "t:1:8: no closing \" on this line"},
	{"module \"\\q\"", "t:1:9: unknown escape; there are \\n \\t \\\\ \\\" \\` and \\xHH"},
	{"const X = 99999999999999999999", "t:1:11: the number does not fit into 64 bits"},
	{"const X = 9223372036854775808",
	 "t:1:11: the number does not fit into 64 bits with sign"},
	{"record struct a\nrecord struct a", "t:2:15: a second record a"},
	{"record struct a {\n x: int32", "t:2:10: a list without its closing }"},
	{"record struct a {\n x: long", "t:2:5: expected a type: void, boolN, intN, uintN, "
	 "ptr, funcptr, record, array, other"},
	{"global @g: int32 {\n @g = %x\n}", "t:2:7: no parameter or local is called %x here"},
	{"global @g: int32 {\n @g = $0\n}", "t:2:7: a temporary outside of a function"},
	{"func f(%a: int, %a: int) -> void",
	 "t:1:18: a second variable a: tell them apart as %a.1"},
	{"func f() -> void {\n}", "t:2:1: a body without a block"},
	{"func f() -> void {\ncall g()\n}", "t:2:1: call outside of a block: start with b0:"},
	{IN_F("goto b0\ncall g()"), "t:4:1: call behind the end of b0: expected a label"},
	{IN_F("call g()"), "t:4:2: b0 does not end in goto, jump, branch, switch, choice, return or "
	 "unreachable"},
	{IN_F("goto b1"), "t:3:6: b1 stands nowhere in this function"},
	{IN_F("goto b3"), "t:4:1: b1 stands nowhere in this function"},
	{IN_F("goto b4000000000"), "t:3:7: block 4000000000 is above 17"},
	{IN_F("return\nb0:"), "t:4:1: a second b0"},
	{IN_F("begin %p"), "t:3:7: expected a local"},
	{IN_F("store %p = (1 + 2"), "t:3:18: expected ')', found the end of the line"},
	{IN_F("store %p = %q"), "t:3:12: no parameter or local is called %q here"},
	{IN_F("store %p = 1 at x"), "t:3:17: expected a number, found 'x'"},
	{IN_F("return 1 2"), "t:3:10: expected the end of the line, found '2'"},
	{IN_F("switch 1 { default: b0, 1: b0 }"), "t:3:24: default comes last"},
	{IN_F("switch 1 { 3..1: b0 }"), "t:3:12: an empty range of cases"},
	{IN_F("return $1048576"), "t:3:9: temporary 1048576 is above 1048575"},
};

static void test_mistakes(void)
{
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		struct kir_module *m;

		m = kir_parse(mistakes[i].text, strlen(mistakes[i].text), "t", err, sizeof(err));
		check(m == NULL);
		check_text(err, mistakes[i].message);
		kir_close(m);
	}
}

static void test_nesting(void)
{
	size_t n = 100000;
	char *deep = xmalloc(n);

	memset(deep, '(', n);
	memcpy(deep, "global @g: int32 {\n@g = ", 24);
	check(!kir_parse(deep, n, "t", err, sizeof(err)));
	check(strstr(err, "more than 500 values inside each other") != NULL);
	free(deep);
}

/* Each value, and how a finding writes it. */
static const struct {
	const char *kir, *c;
} values[] = {
	{"%dev*.foo:lock", "dev->lock"},
	{"&%dev*.foo:lock", "&dev->lock"},
	{"&%dev*.foo:``.foo:lock", "&dev->lock"},
	{"%x.1.foo:next*.foo:lock", "x.next->lock"},
	{"(%x < 0)", "x < 0"},
	{"((%x & 3) <u -1)", "(x & 3) < -1"},
	{"(!%x)", "!x"},
	{"%x*[(%x + 1)]", "(*x)[x + 1]"},
	{"@g.foo:a[3]", "g.a[3]"},
	{"container(%dev, foo:lock)", "container_of(dev, struct foo, lock)"},
	{"$0", "<result>"},
	{"$1*.foo:lock", "get(...)->lock"},
	{"(!$2)", "!in_irq()"},
	{"?1", "<unknown>"},
	{"null", "NULL"},
	{"&open", "open"},
	{"\"a\\n\\\"\"", "\"a\\n\\\"\""},
};

static void test_pretty(void)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		char *text = xasprintf("func f(%%dev: ptr foo, %%x: ptr foo) -> void {\n"
				       "local %%x.1: record foo\nb0:\n"
				       "call $1 = get(%%x)\nmacro $2 = in_irq()\nreturn %s\n}\n",
				       values[i].kir);
		struct kir_module *m = kir_parse(text, strlen(text), "t", err, sizeof(err));
		char buf[64], tiny[5];

		if (!check(m != NULL)) {
			fprintf(stderr, "%s\n", err);
			free(text);
			continue;
		}
		kir_pretty(m, m->funcs, m->blocks[0].value, buf, sizeof(buf));
		check_text(buf, values[i].c);
		kir_pretty(m, m->funcs, m->blocks[0].value, tiny, sizeof(tiny));
		check(strlen(tiny) < sizeof(tiny) && !strncmp(tiny, buf, strlen(tiny)));
		kir_close(m);
		free(text);
	}
}

int main(void)
{
	test_mistakes();
	test_nesting();
	test_pretty();
	return unit_finish();
}
