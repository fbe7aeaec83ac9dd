# SPDX-License-Identifier: MIT
"""A fixed-seed choice of findings, printed with all that a reader needs to judge them."""
import random
from pathlib import Path


def named(source, file):
    """The file as people name it: relative to the kernel's source."""
    try:
        return Path(file).relative_to(source)
    except ValueError:
        return Path(file)


def quote(source, place, around):
    """Lines of source about a place."""
    try:
        lines = (source / place["file"]).read_text(errors="replace").splitlines()
    except OSError:
        return
    line = place["line"]
    for n in range(max(line - around, 1), min(line + around, len(lines)) + 1):
        print(f"  {'>' if n == line else ' '} {n:5d} {lines[n - 1]}")


def choose(findings, n, seed):
    """The same findings for the same report and seed, in the order of the report."""
    chosen = random.Random(seed).sample(range(len(findings)), min(n, len(findings)))
    return [findings[i] for i in sorted(chosen)]


def show(source, findings, n, seed, around):
    """Print a choice of findings, with the source about each step."""
    chosen = choose(findings, n, seed)
    for i, f in enumerate(chosen, 1):
        print(f"\n{'=' * 78}\n{i}/{len(chosen)}  {named(source, f['file'])}:{f['line']}: "
              f"{f['message']} [{f['lint']}]  in {f['function']}")
        quote(source, f, around)
        for s in f["steps"]:
            print(f" - {s['role']}: {named(source, s['file'])}:{s['line']}: "
                  f"{s['function']}: {s['text']}")
            quote(source, s, around // 3)
