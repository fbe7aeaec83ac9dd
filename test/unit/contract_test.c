/* SPDX-License-Identifier: MIT */
/* Contracts that leave the program: what is read says what was written, and nothing
 * that is damaged is taken for a contract. */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "engine/contract_io.h"
#include "kir/kir_text.h"
#include "support.h"

static const char rules_text[] =
	"- lock-kind: mutex\n"
	"  inner: sleep\n"
	"  owned: true\n"
	"- fn: msleep\n"
	"  sleeps: true\n"
	"- fn: mutex_lock\n"
	"  sleeps: true\n"
	"  acquires: {lock: $1, kind: mutex}\n"
	"- fn: mutex_trylock\n"
	"  acquires: {lock: $1, kind: mutex, if: ret != 0, trylock: true}\n"
	"- fn: mutex_unlock\n"
	"  releases: {lock: $1, kind: mutex}\n";

static const char kir_source[] =
	"module \"c.c\" \"test\"\n"
	"global @biglock: record mutex static at \"c.c\":1:1\n"
	"func take(%d: ptr dev, %n: int32, %to: ptr*2 dev) -> int32 static at \"c.c\":2:1 {\n"
	"b0:\n"
	"  branch (%n == 3) b1 b2 at 3:2\n"
	"b1:\n"
	"  call mutex_lock(&%d*.dev:lock) at 4:2\n"
	"  store %to* = %d at 5:2\n"
	"  return 0 at 6:2\n"
	"b2:\n"
	"  return -22 at 7:2\n"
	"}\n"
	"func tries(%d: ptr dev) -> int32 at \"c.c\":10:1 {\n"
	"b0:\n"
	"  call $0 = mutex_trylock(&@biglock) at 11:2\n"
	"  branch $0 b1 b2 at 12:2\n"
	"b1:\n"
	"  call $1 = take(%d, 3, null) at 13:2\n"
	"  return 1 at 14:2\n"
	"b2:\n"
	"  call msleep(3) at 15:2\n"
	"  return 0 at 16:2\n"
	"}\n"
	"func pure(%n: int32) -> int32 at \"c.c\":20:1 {\n"
	"b0:\n"
	"  branch %n b1 b2 at 21:2\n"
	"b1:\n"
	"  return 1 at 22:2\n"
	"b2:\n"
	"  return 2 at 23:2\n"
	"}\n";

struct fixture {
	struct rules *r;
	struct kir_module *m;
	struct program *p;
};

static bool begin(struct fixture *x)
{
	struct engine_options opt = { 0 };
	char err[200] = "";

	x->r = rules_load_memory(rules_text, strlen(rules_text), "rules", stderr);
	x->m = kir_parse(kir_source, strlen(kir_source), "c.kir", err, sizeof(err));
	if (!check(x->r && x->m)) {
		fprintf(stderr, "%s\n", err);
		return false;
	}
	x->p = program_new(x->r, &opt);
	program_add(x->p, (const struct kir_module *const *)&x->m, 1);
	program_link(x->p);
	program_solve(x->p, NULL, 0, NULL);
	return true;
}

static unsigned char *write_all(struct program *p, const struct contract *const *c, size_t *at,
				size_t *size, size_t *body)
{
	struct contract_writer *w = contract_writer_new(p, false);
	unsigned char *bytes;

	for (uint32_t i = 0; i < p->ndefs; i++)
		at[i] = contract_write(w, c[i]);
	bytes = contract_writer_finish(w, size, body);
	contract_writer_free(w);
	return bytes;
}

static void test_round_trip(struct program *p, unsigned char **bytes, size_t *size, size_t *at)
{
	const struct contract *own[8], *read[8];
	struct arena *a = arena_new();
	struct contract_reader *r;
	size_t body, again_size, again_at[8];
	unsigned char *again;
	char err[200];

	for (uint32_t i = 0; i < p->ndefs; i++)
		check((own[i] = p->defs[i].contract) != NULL);
	*bytes = write_all(p, own, at, size, &body);
	r = contract_reader_new(p, false, *bytes, *size, err, sizeof(err));
	check(r != NULL);
	for (uint32_t i = 0; r && i < p->ndefs; i++) {
		read[i] = contract_load(r, at[i], a);
		if (!check(read[i] != NULL))
			return;
		check(contract_print(p, own[i]).whole == contract_print(p, read[i]).whole);
		check(own[i]->sum.nneeds == read[i]->sum.nneeds);
	}
	/* What was read is written as it was: no field is lost. */
	again = write_all(p, read, again_at, &again_size, &body);
	check(again_size == *size && !memcmp(again, *bytes, *size));
	free(again);
	contract_reader_free(r);
	arena_free(a);
}

/* Whatever a byte becomes: refused, or a contract within its bounds (ASan looks on). */
static void test_damage(struct program *p, unsigned char *bytes, size_t size, const size_t *at)
{
	size_t refused = 0;

	for (size_t cut = 0; cut < size; cut += 7) {
		struct arena *a = arena_new();
		char err[200];
		struct contract_reader *r = contract_reader_new(p, false, bytes, cut, err, sizeof(err));
		bool last = r && contract_load(r, at[p->ndefs - 1], a);

		check(!last);
		contract_reader_free(r);
		arena_free(a);
	}
	for (size_t i = 0; i < size; i++) {
		for (unsigned int bit = 0; bit < 8; bit += 3) {
			struct arena *a = arena_new();
			struct contract_reader *r;
			char err[200];

			bytes[i] ^= (unsigned char)(1u << bit);
			r = contract_reader_new(p, false, bytes, size, err, sizeof(err));
			refused += !r;
			for (uint32_t k = 0; r && k < p->ndefs; k++)
				refused += !contract_load(r, at[k], a);
			contract_reader_free(r);
			arena_free(a);
			bytes[i] ^= (unsigned char)(1u << bit);
		}
	}
	check(refused > 20);
}

int main(void)
{
	unsigned char *bytes;
	struct fixture x;
	size_t size, at[8];

	if (begin(&x)) {
		check(x.p->ndefs == 3);
		test_round_trip(x.p, &bytes, &size, at);
		test_damage(x.p, bytes, size, at);
		free(bytes);
		program_free(x.p);
	}
	kir_close(x.m);
	rules_free(x.r);
	return unit_finish();
}
