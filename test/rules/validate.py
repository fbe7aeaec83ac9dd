#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check that the rules are written in the vocabulary of docs/rules.md.

Every rules/*.yaml must satisfy rules/schema.json, and klint's own loader must
accept them all together.  The loader is compiled from the tree, so that the
check needs no build directory; its unit test runs first.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]


def yaml_files(directory):
    return sorted(p for p in directory.rglob("*.yaml")
                  if not any(part.startswith(".") for part in p.relative_to(directory).parts))


def entry_line(root, path):
    """The line of the entry that holds the value at path (a jsonschema path)."""
    node, line = root, root.start_mark.line + 1 if root else 1
    for key in path:
        if isinstance(node, yaml.SequenceNode):
            node = node.value[key]
        elif isinstance(node, yaml.MappingNode):
            node = next((v for k, v in node.value if k.value == str(key)), None)
        if node is None:
            break
        line = node.start_mark.line + 1
    return line


def explain(error):
    """The schema's message, without a regular expression of a screen's length."""
    if error.validator == "pattern":
        about = error.schema.get("description", "the form that docs/rules.md tells")
        return f"{error.instance!r} is not of this form: {about}"
    return error.message


def schema_problems(validator, path):
    """Yield (line, message) for what the schema does not allow in the file."""
    text = path.read_text(encoding="utf-8")
    try:
        data = yaml.safe_load(text)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        yield (mark.line + 1 if mark else 1), f"not YAML: {getattr(error, 'problem', error)}"
        return
    for error in validator.iter_errors(data):
        best = jsonschema.exceptions.best_match([error])
        yield entry_line(root, best.absolute_path), f"schema: {explain(best)}"


def check_schema(directory):
    schema = json.loads((ROOT / "rules/schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    count = 0
    for path in yaml_files(directory):
        for line, message in schema_problems(validator, path):
            print(f"{path}:{line}: error: {message}", file=sys.stderr)
            count += 1
    return count


def build_loader(cc, where):
    program = where / "test_rules"
    klint = ROOT / "tools/klint"
    sources = [ROOT / "test/rules/test_rules.c", klint / "base/base.c",
               *sorted((klint / "rules").glob("*.c"))]
    subprocess.run([cc, "-std=gnu17", "-O1", "-g", f"-I{klint}", *map(str, sources),
                    "-lyaml", "-lxxhash", "-o", str(program)], check=True)
    return program


def check_loader(cc, directory):
    """Run the loader's unit test, then load the directory with it."""
    with tempfile.TemporaryDirectory() as where:
        program = build_loader(cc, pathlib.Path(where))
        if subprocess.run([str(program)], check=False).returncode:
            return 1
        return subprocess.run([str(program), str(directory)], check=False).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", nargs="?", type=pathlib.Path, default=ROOT / "rules",
                        help="where the rules are (default: rules/)")
    parser.add_argument("--cc", default=shutil.which("cc") or "gcc", help="C compiler")
    args = parser.parse_args()
    if not yaml_files(args.directory):
        sys.exit(f"{args.directory}: no *.yaml file; name a directory of rules")
    failed = check_schema(args.directory)
    failed += check_loader(args.cc, args.directory)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
