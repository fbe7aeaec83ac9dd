# SPDX-License-Identifier: MIT
"""One source of a kernel as if somebody had changed it: lowered again under its own name."""
import json
import re
import subprocess

import kernel
import klint_run


def moved(text):
    """All lines one further down."""
    return "\n" + text


def body(text):
    """The first, the middle and the last function have one statement more."""
    starts = [m.end() for m in re.finditer(r"^\w[^;{}#\n]*\)\n\{\n", text, re.M)]
    chosen = sorted({starts[0], starts[len(starts) // 2], starts[-1]}) if starts else []
    for at in reversed(chosen):
        text = text[:at] + '\tasm volatile("" : : : "memory");\n' + text[at:]
    return text


KINDS = {"moved": moved, "body": body}


def lower(command, kind, path):
    """Lower the source of the command, edited, to the facts `path`.  The compiler sees the
    edit in the place of the file itself."""
    source = (kernel.Path(command["directory"]) / command["file"]).resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    copy = path.with_suffix(".edit.c")
    copy.write_text(KINDS[kind](source.read_text(encoding="utf-8")), encoding="utf-8")
    overlay = path.with_suffix(".overlay.yaml")
    names = {str(source), str(kernel.Path(command["directory"]) / command["file"])}
    overlay.write_text(json.dumps({
        "version": 0, "use-external-names": False,
        "roots": [{"name": name, "type": "file", "external-contents": str(copy)}
                  for name in sorted(names)]}) + "\n")
    edited = dict(command)
    edited["arguments"] = [*command["arguments"], "-ivfsoverlay", str(overlay)]
    part = path.with_suffix(".part.json")
    part.write_text(json.dumps(edited) + "\n")
    path.unlink(missing_ok=True)
    done = subprocess.run([klint_run.executable(), "dump", "--binary", "-o", str(path), str(part)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    part.unlink()
    if not path.exists():
        raise kernel.KernelError(f"{command['file']}: not lowered: {done.stderr.strip()[:400]}")
