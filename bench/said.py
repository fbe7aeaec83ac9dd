# SPDX-License-Identifier: MIT
"""What a kernel source itself says of its functions: may they sleep?

Read as text, for who reads with klint's own eyes would find klint's own mistakes.
Kernel style is taken for granted: a definition's braces are in column 0.
"""
import re
from dataclasses import dataclass

SLEEPS, NEVER = "sleeps", "never"
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"", re.S)
ATTRIBUTE = re.compile(r"__\w+\s*\([^()]*(?:\([^()]*\))?[^()]*\)")
# What a sentence of a kernel-doc means, in the order in which they are tried.
PHRASES = [
    (SLEEPS, r"\b(not|never|cannot|can't|mustn't) (be )?(call\w*|used?|invoked|run)\b.*\batomic"),
    (None, r"\b(not|never|cannot|can't|mustn't) (be )?(call\w*|used?|invoked|run)\b"),
    (NEVER, r"\b((must|may|can|does|do|will|should) ?not|can't|doesn't|won't|never) (sleep|block)s?\b"),
    (SLEEPS, r"\bcontexts? (that|which) (permits? to|may|can) sleep|\bable to sleep\b"),
    (SLEEPS, r"\b(may|might|can|will|could) (sleep|block)\b"),
    (SLEEPS, r"\bcontext: (can |user[.,] )?sleeps?\b"),
    (NEVER, r"\b(in|from|by|under) (an? |any |both )?(\w+ (and|or|/) )?"
            r"(atomic|interrupt|irq|hardirq|softirq)( or \w+)? (context|handler|time)"),
    (NEVER, r"\bcontext: (any|interrupt|softirq|hardirq|atomic|irq)\b(?!.*sleep)"),
    (NEVER, r"\b(in|from) any context\b"),
    (NEVER, r"\bcalled (in|from|at) (an )?interrupts?\b"),
]
PHRASES = [(verdict, re.compile(text, re.I)) for verdict, text in PHRASES]
# A sentence about somebody else: a callback, the caller, an argument.
OTHERS = re.compile(r"callback|callers? (may|might|can|must|will)|@\w+ (may|might|can|must|should)"
                    r"|\bif (it|you|the caller)\b", re.I)
BODY = [
    (SLEEPS, re.compile(r"\bmight_(sleep|sleep_if|alloc|fault)\s*\(")),
    (NEVER, re.compile(r"\bcant_sleep\s*\(")),
    (NEVER, re.compile(r"\blockdep_assert_(irqs_disabled|preemption_disabled|in_irq|in_softirq)"
                       r"\s*\(")),
]
HELD = re.compile(r"\b(lockdep_assert_held|assert_(?:raw_)?spin_locked|__must_hold)\s*\(\s*&?"
                  r"([\w.>\-\[\]]+)\s*\)")


@dataclass(frozen=True)
class Said:
    """One statement of the source about one function."""
    function: str
    file: str
    line: int       # of the function
    at: int         # of the statement
    verdict: str
    kind: str       # "body", "doc" or "lock"
    text: str


def blank(match):
    """Spaces for a comment or a string; lines stay where they are."""
    return re.sub(r"[^\n]", " ", match[0])


def functions(code):
    """(name, first line, line of its brace, last line), counted from 0, of each definition."""
    lines = code.split("\n")
    for brace, line in enumerate(lines):
        if line.rstrip() != "{":
            continue
        first = brace
        while first and lines[first - 1].strip() and not re.search(r"[;}]\s*$|^#|^\S+:$",
                                                                   lines[first - 1]):
            first -= 1
        head = ATTRIBUTE.sub(" ", " ".join(lines[first:brace]))
        found = re.match(r"[\w\s*]*?(\w+)\s*\(", head)
        if not found or "=" in head or found[1].isupper() or "DEFINE" in found[1]:
            continue
        last = brace
        while last + 1 < len(lines) and not lines[last].startswith("}"):
            last += 1
        yield found[1], first, brace, last


def kernel_doc(lines, first, name):
    """The lines of the kernel-doc that ends above a definition, with their numbers."""
    end = first - 1
    while end > 0 and not lines[end].strip():
        end -= 1
    if end < 0 or lines[end].strip() not in ("*/", "**/"):
        return []
    begin = end
    while begin and "/*" not in lines[begin]:
        begin -= 1
    doc = [(i, re.sub(r"^\s*\*+/?\s?", "", lines[i])) for i in range(begin + 1, end)]
    if lines[begin].strip() != "/**" or not doc or not re.match(rf"\s*{name}\b", doc[0][1]):
        return []
    return doc


def sentences(doc):
    """Each sentence, with the number of the line that it begins in."""
    at, text = None, ""
    for number, line in doc:
        if not line.strip() or re.match(r"\s*(@?\w+|Return value):", line):
            if text.strip():
                yield at, text
            at, text = None, ""
        for part in re.split(r"(?<=[.;!])\s+", line.strip()):
            at = number if at is None else at
            text = f"{text} {part}".strip()
            if part.endswith((".", ";", "!")):
                yield at, text
                at, text = None, ""
    if text.strip():
        yield at, text


def in_doc(doc):
    """(line, verdict, text): what the sentences say; a sleep that is possible wins."""
    said = []
    for at, text in sentences(doc):
        if OTHERS.search(text):
            continue
        verdict = next((v for v, phrase in PHRASES if phrase.search(text)), None)
        if verdict:
            said.append((at, verdict, text))
    return min(said, key=lambda s: s[1] != SLEEPS) if said else None


def is_spinlock(code, lock):
    """Is a lock of that name locked as a spinlock in this file, and as nothing else?"""
    name = re.escape(re.split(r"->|\.", lock)[-1])
    taken = set(re.findall(rf"\b(\w*lock\w*)\s*\(\s*&?[\w.>\-\[\]]*\b{name}\s*[,)]", code))
    spin = {t for t in taken if re.match(r"_?_?(raw_)?spin_(un)?lock", t)}
    other = {t for t in taken if re.match(r"mutex_|down_|up_|ww_|read_|write_", t)}
    return bool(spin) and not other


def in_body(code, lines, first, brace, last):
    """(line, verdict, kind, text) of what a body states; a sleep that is possible wins."""
    for verdict, pattern in BODY:
        for i in range(brace, last):
            if pattern.search(lines[i]):
                return i, verdict, "body", lines[i].strip()
    for i in range(first, last):
        found = HELD.search(lines[i])
        if found and (found[1].startswith("assert_") or is_spinlock(code, found[2])):
            return i, NEVER, "lock", lines[i].strip()
    return None


def read(tree, file):
    """All that one source file says."""
    text = (tree / file).read_text(encoding="utf-8", errors="replace")
    code = COMMENT.sub(blank, text)
    lines, bare = text.split("\n"), code.split("\n")
    for name, first, brace, last in functions(code):
        doc = in_doc(kernel_doc(lines, first, name))
        body = in_body(code, bare, first, brace, last)
        if body:
            yield Said(name, file, first + 1, body[0] + 1, *body[1:])
        elif doc:
            yield Said(name, file, first + 1, doc[0] + 1, doc[1], "doc", doc[2])
