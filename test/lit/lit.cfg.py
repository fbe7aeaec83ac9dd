# SPDX-License-Identifier: MIT
"""How lit runs the tests below this folder (README.md)."""
import os
import shlex
import sys
from pathlib import Path

import lit.formats

root = Path(__file__).resolve().parents[2]
klint = Path(os.environ.get("KLINT") or root / "build" / "bin" / "klint")
if not klint.exists():
    lit_config.fatal(f"no {klint}: run ./x build")
sys.path.insert(0, str(root / "bench"))
import kernel  # noqa: E402

config.name = "klint"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".test", ".kir", ".c"]
config.excludes = ["Inputs", "lit.cfg.py"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = str(klint.resolve().parents[1] / "test-lit")

tools = "/usr/lib/llvm-22/bin"      # FileCheck, not, split-file
config.environment["PATH"] = os.pathsep.join([tools, config.environment["PATH"]])
for name in ("HOME", "KLINT_CACHE", "ASAN_OPTIONS", "UBSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
config.environment["XDG_CACHE_HOME"] = str(Path(config.test_exec_root) / "cache")
# A developer's own defaults must not change what a test sees.  KLINT_TEST_CLANG names
# the version of Clang to read sources with; without it klint takes the newest.
llvm = os.environ.get("KLINT_TEST_CLANG", "22")
config.environment["KLINT_FLAGS"] = "" if llvm == "22" else f"--clang=clang-{llvm}"


def flags(version, series):
    try:
        return " ".join(shlex.quote(f) for f in kernel.module_flags(version, series))
    except kernel.KernelError as problem:
        lit_config.fatal(str(problem))


config.substitutions += [
    (r"%klint\b", str(klint)),
    (r"%clang22\b", "/usr/lib/llvm-22/bin/clang"),
    (r"%clang19\b", "/usr/lib/llvm-19/bin/clang"),
    (r"%kflags\b", flags(llvm, "6.12")),
    (r"%kflags61\b", flags(llvm, "6.1")),
    (r"%include\b", str(root / "include")),
]
