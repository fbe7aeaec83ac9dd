/* SPDX-License-Identifier: MIT */
/*
 * The memory of one run for the next: the records (memo.h) with their contracts, as
 * bytes.  A record stands for as long as its key and its subjects do; nothing in it hangs
 * on the numbers that a run gives to units, functions and names.
 *
 * The bytes: a head, the contracts (contract_io.h), what was told, the subjects' texts,
 * the subjects, which subjects each record has, the records, a hash of all this.
 */
#include "contract_io.h"
#include "memo.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static const char magic[8] = { 'K', 'L', 'N', 'T', 'M', 'E', 'M', '2' };

struct head {
	char magic[8];
	uint64_t stamp;
	uint64_t contracts, body;	/* bytes; those of their texts */
	uint64_t texts;			/* bytes, told and names */
	uint64_t nsubjects, nuses, nrecords;
	uint64_t first;		/* bytes of contracts when none was of the past */
};

struct saved_subject {
	uint64_t kind;
	uint64_t ident;		/* the def, or */
	uint64_t text, file;	/* the name: where in the texts */
};

struct saved_record {
	uint64_t ident, key, in, says, whole;
	uint64_t stored;	/* the contract's offset + 1 */
	uint64_t told;		/* where in the texts, */
	uint64_t gap;		/* and + 1 */
	uint32_t ntold, uses, nuses, exact;
};

struct remembered {
	struct contract_reader *reader;
	struct arena *arena;
	pthread_mutex_t lock;
	struct record *records;
	struct subject *subjects;
	const unsigned char *contracts;
	struct head head;
	bool failed;
};

bool program_betrayed(const struct program *p)
{
	return p->remembered && p->remembered->failed;
}

void remembered_free(struct remembered *m)
{
	if (!m)
		return;
	contract_reader_free(m->reader);
	arena_free(m->arena);
	pthread_mutex_destroy(&m->lock);
	free(m->records);
	free(m->subjects);
	free(m);
}

const struct contract *memo_contract(const struct program *p, const struct def *d)
{
	struct remembered *m = p->remembered;
	struct def *to = (struct def *)d;	/* what is read is kept */
	struct record *r = d->record;

	pthread_mutex_lock(&m->lock);
	if (!r->contract)
		r->contract = contract_load(m->reader, r->stored - 1, m->arena);
	if (!r->contract)
		m->failed = true;
	__atomic_store_n(&to->contract, r->contract, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&m->lock);
	return r->contract;
}

/* The parts of the bytes. */
struct parts {
	struct head head;
	const unsigned char *contracts;
	const char *texts;
	const struct saved_subject *subjects;
	const uint32_t *uses;
	const struct saved_record *records;
};

static size_t padded(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

static bool find_parts(struct parts *x, const unsigned char *data, size_t size)
{
	const struct head *h = &x->head;
	uint64_t hash, need;
	size_t at = sizeof(*h);

	if (size < sizeof(*h) + sizeof(hash))
		return false;
	memcpy(&x->head, data, sizeof(*h));
	if (memcmp(h->magic, magic, sizeof(magic)) || h->contracts > size || h->texts > size ||
	    h->nsubjects > size || h->nuses > size || h->nrecords > size || h->body > h->contracts)
		return false;
	need = sizeof(*h) + padded(h->contracts) + padded(h->texts) +
	       h->nsubjects * sizeof(*x->subjects) + padded(h->nuses * sizeof(*x->uses)) +
	       h->nrecords * sizeof(*x->records) + sizeof(hash);
	if (need != size)
		return false;
	memcpy(&hash, data + size - sizeof(hash), sizeof(hash));
	if (hash_bytes(data, size - sizeof(hash)) != hash)
		return false;
	x->contracts = data + at;
	x->texts = (const char *)data + (at += padded(h->contracts));
	x->subjects = (const void *)(data + (at += padded(h->texts)));
	x->uses = (const void *)(data + (at += h->nsubjects * sizeof(*x->subjects)));
	x->records = (const void *)(data + (at + padded(h->nuses * sizeof(*x->uses))));
	return !h->texts || !x->texts[h->texts - 1];
}

static uint32_t name_of(struct program *p, const struct parts *x, const struct saved_subject *s)
{
	const char *text = s->text < x->head.texts ? x->texts + s->text : "";
	const char *file = s->file < x->head.texts ? x->texts + s->file : "";

	return *file ? names_add_static(p->names, text, file) : names_add(p->names, text);
}

static bool is_def(uint64_t kind)
{
	return kind == SUBJECT_DEF || kind == SUBJECT_SEEN;
}

/* The subjects in this program's numbers. */
static struct subject *recall_subjects(struct program *p, const struct parts *x)
{
	struct subject *v = xcalloc(x->head.nsubjects + 1, sizeof(*v));

	for (size_t i = 0; i < x->head.nsubjects; i++) {
		const struct saved_subject *s = &x->subjects[i];
		const struct def *d;

		v[i].kind = (uint32_t)s->kind;
		if (is_def(s->kind)) {
			d = program_def_by_ident(p, s->ident);
			v[i].id = d ? d->id : KIR_NONE;
		} else {
			v[i].id = name_of(p, x, s);
		}
	}
	return v;
}

static bool is_within(const struct parts *x, const struct saved_record *s)
{
	return s->stored <= x->head.contracts - x->head.body && s->told <= x->head.texts &&
	       s->ntold <= x->head.texts - s->told && s->gap <= x->head.texts &&
	       s->uses <= x->head.nuses && s->nuses <= x->head.nuses - s->uses;
}

static void recall_records(struct program *p, struct remembered *m, const struct parts *x)
{
	struct subject *all = recall_subjects(p, x);

	m->records = xcalloc(x->head.nrecords + 1, sizeof(*m->records));
	m->subjects = xcalloc(x->head.nuses + 1, sizeof(*m->subjects));
	for (size_t i = 0; i < x->head.nuses; i++)
		if (x->uses[i] < x->head.nsubjects)
			m->subjects[i] = all[x->uses[i]];
	free(all);
	for (size_t i = 0; i < x->head.nrecords; i++) {
		const struct saved_record *s = &x->records[i];
		struct def *d = program_def_by_ident(p, s->ident);
		struct record *r = &m->records[i];

		if (!d || !d->unit || !is_within(x, s))
			continue;
		*r = (struct record){ .key = s->key, .in = s->in, .says = s->says,
				      .whole = s->whole, .subjects = m->subjects + s->uses,
				      .nsubjects = s->nuses, .ntold = s->ntold,
				      .exact = s->exact, .stored = s->stored,
				      .told = x->texts + s->told,
				      .gap = s->gap ? x->texts + s->gap - 1 : NULL,
				      .next = d->records };
		d->records = r;
	}
}

bool program_recall(struct program *p, const void *data, size_t size, uint64_t stamp,
		    char *err, size_t errlen)
{
	struct remembered *m;
	struct parts x;

	if (!find_parts(&x, data, size)) {
		snprintf(err, errlen, "damaged, or of another version of klint");
		return false;
	}
	if (x.head.stamp != stamp) {
		snprintf(err, errlen, "of another klint, other rules or other options");
		return false;
	}
	m = xcalloc(1, sizeof(*m));
	m->reader = contract_reader_new(p, true, x.contracts, x.head.contracts, err, errlen);
	if (!m->reader) {
		free(m);
		return false;
	}
	pthread_mutex_init(&m->lock, NULL);
	m->arena = arena_new();
	m->head = x.head;
	m->contracts = x.contracts;
	recall_records(p, m, &x);
	p->remembered = m;
	return true;
}

/* What is being written. */
struct writing {
	struct program *p;
	struct contract_writer *w;
	bool anew;		/* no contract stands there yet */
	struct arena *a;
	struct blob texts, subjects, uses, records;
	uint32_t *of[SUBJECT_HOOK + 1];	/* [kind][id]: number of the subject + 1 */
	struct head head;
};

static uint64_t append_text(struct writing *x, const char *s)
{
	size_t at = x->texts.n;

	blob_add(&x->texts, s, strlen(s) + 1);
	return at;
}

static uint32_t number_subject(struct writing *x, const struct subject *s)
{
	uint32_t *at = &x->of[s->kind][s->id];
	struct saved_subject saved = { .kind = s->kind };

	if (*at)
		return *at - 1;
	if (is_def(s->kind)) {
		saved.ident = x->p->defs[s->id].ident;
	} else {
		saved.text = append_text(x, names_text(x->p->names, s->id));
		saved.file = append_text(x, names_file(x->p->names, s->id));
	}
	blob_add(&x->subjects, &saved, sizeof(saved));
	*at = (uint32_t)++x->head.nsubjects;
	return *at - 1;
}

static uint64_t write_contract(struct writing *x, const struct record *r)
{
	const struct contract *c = r->contract;

	if (r->stored && !x->anew)
		return r->stored;
	if (!c && r->stored)
		c = contract_load(x->p->remembered->reader, r->stored - 1, x->a);
	return c ? contract_write(x->w, c) + 1 : 0;
}

static void write_record(struct writing *x, const struct def *d, const struct record *r)
{
	struct saved_record saved = {
		.ident = d->ident, .key = r->key, .in = r->in, .says = r->says, .whole = r->whole,
		.stored = write_contract(x, r), .told = x->texts.n, .ntold = r->ntold,
		.uses = (uint32_t)x->head.nuses, .nuses = r->nsubjects, .exact = r->exact };

	blob_add(&x->texts, r->told, r->ntold);
	if (r->gap)
		saved.gap = append_text(x, r->gap) + 1;
	for (uint32_t i = 0; i < r->nsubjects; i++) {
		uint32_t n = number_subject(x, &r->subjects[i]);

		blob_add(&x->uses, &n, sizeof(n));
		x->head.nuses++;
	}
	blob_add(&x->records, &saved, sizeof(saved));
	x->head.nrecords++;
}

/* All that was given was used, and there is nothing besides. */
static bool is_unchanged(const struct program *p)
{
	const struct remembered *m = p->remembered;
	uint64_t used = 0;

	if (!m)
		return false;
	for (uint32_t i = 0; i < p->ndefs; i++)
		for (const struct record *r = p->defs[i].records; r; r = r->next) {
			if (r < m->records || r >= m->records + m->head.nrecords)
				return false;
			used += r->used;
		}
	return used == m->head.nrecords;
}

static void append_padded(struct blob *to, const struct blob *b)
{
	blob_add(to, b->v, b->n);
	blob_add(to, "\0\0\0\0\0\0\0", padded(b->n) - b->n);
}

static unsigned char *put_together(struct writing *x, uint64_t first, size_t *size)
{
	struct blob contracts = { 0 }, all = { 0 };
	size_t body;
	uint64_t hash;

	contracts.v = contract_writer_finish(x->w, &contracts.n, &body);
	blob_add(&x->texts, "", 1);
	memcpy(x->head.magic, magic, sizeof(magic));
	x->head.contracts = contracts.n;
	x->head.body = body;
	x->head.texts = x->texts.n;
	x->head.first = x->anew ? contracts.n : first;
	blob_add(&all, &x->head, sizeof(x->head));
	append_padded(&all, &contracts);
	append_padded(&all, &x->texts);
	blob_add(&all, x->subjects.v, x->subjects.n);
	append_padded(&all, &x->uses);
	blob_add(&all, x->records.v, x->records.n);
	hash = hash_bytes(all.v, all.n);
	blob_add(&all, &hash, sizeof(hash));
	free(contracts.v);
	*size = all.n;
	return all.v;
}

unsigned char *program_remember(struct program *p, uint64_t stamp, size_t *size)
{
	const struct remembered *m = p->remembered;
	size_t nnames = names_count(p->names);
	struct writing x = { .p = p, .a = arena_new(), .head.stamp = stamp };
	unsigned char *bytes = NULL;

	/* Contracts of records that are gone stay, until they are as many as the others. */
	x.anew = !m || m->head.contracts > 2 * m->head.first;
	if (!is_unchanged(p)) {
		x.w = contract_writer_new(p, true);
		if (!x.anew)
			contract_writer_resume(x.w, m->reader);
		for (unsigned int k = 0; k <= SUBJECT_HOOK; k++)
			x.of[k] = xcalloc((is_def(k) ? p->ndefs : nnames) + 1, sizeof(*x.of[k]));
		for (uint32_t i = 0; i < p->ndefs; i++)
			for (const struct record *r = p->defs[i].records; r; r = r->next)
				if (r->used)
					write_record(&x, &p->defs[i], r);
		bytes = put_together(&x, m ? m->head.first : 0, size);
	}
	contract_writer_free(x.w);
	arena_free(x.a);
	for (unsigned int k = 0; k <= SUBJECT_HOOK; k++)
		free(x.of[k]);
	free(x.texts.v);
	free(x.subjects.v);
	free(x.uses.v);
	free(x.records.v);
	return bytes;
}
