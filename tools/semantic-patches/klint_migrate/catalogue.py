# SPDX-License-Identifier: MIT
"""The catalogue: one folder a migration, checked when it is read."""
import os
import re
from dataclasses import dataclass, field

import yaml

_VERSION = re.compile(r'\d+\.\d+$')
_REQUIRED = ('title', 'since', 'until', 'upstream', 'tokens', 'safety', 'old')
_KNOWN = _REQUIRED + ('after', 'note')


class CatalogueError(Exception):
    """What is wrong with a catalogue, one `file:line: text` a line."""


def version(text):
    """`6.12` as (6, 12); the patch level does not count."""
    match = re.match(r'(\d+)\.(\d+)', text)
    if not match:
        raise ValueError(f"'{text}' is not a kernel version such as 6.12")
    return int(match.group(1)), int(match.group(2))


@dataclass
class Migration:
    """One way from an old form to a new one."""
    # pylint: disable=too-many-instance-attributes
    ident: str
    folder: str
    title: str
    since: str
    until: str
    upstream: str
    tokens: list
    safety: str
    old: list
    after: list = field(default_factory=list)
    note: str = ''

    def rule(self, backward=False):
        """The file of the semantic patch."""
        return os.path.join(self.folder,
                            'backward.cocci' if backward else 'rule.cocci')

    def goes_back(self):
        """Whether it can be undone."""
        return os.path.exists(self.rule(True))

    def needed(self, first, last):
        """Whether code for @first does not build for @last without it."""
        return self.until is not None and first < version(self.until) <= last


class _Check:
    """Looks at one meta.yaml and collects what is wrong with it."""

    def __init__(self, path):
        self.path, self.errors, self.lines = path, [], {}

    def error(self, line, text):
        """One more mistake."""
        self.errors.append(f'{self.path}:{line}: {text}')

    def read(self):
        """The mapping, or None when the file is no mapping."""
        try:
            with open(self.path, encoding='utf-8') as file:
                node = yaml.compose(file, yaml.SafeLoader)
        except yaml.MarkedYAMLError as err:
            self.error(err.problem_mark.line + 1, err.problem)
            return None
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as err:
            self.error(1, str(err))
            return None
        if not isinstance(node, yaml.MappingNode):
            self.error(1, 'not a mapping')
            return None
        self.lines = {k.value: k.start_mark.line + 1 for k, _ in node.value}
        with open(self.path, encoding='utf-8') as file:
            return yaml.safe_load(file)

    def fields(self, data):
        """Which keys there are and what their values look like."""
        for key in data:
            if key not in _KNOWN:
                self.error(self.lines[key], f"unknown key '{key}'")
        for key in _REQUIRED:
            if key not in data:
                self.error(1, f"'{key}' is missing")
        for key in ('tokens', 'old', 'after'):
            value = data.get(key, [])
            if not (isinstance(value, list)
                    and all(isinstance(x, str) for x in value)):
                self.error(self.lines[key], f"'{key}' is not a list of strings")
        for key in ('since', 'until'):
            self.a_version(key, data.get(key))
        if data.get('safety', 'safe') not in ('safe', 'review'):
            self.error(self.lines['safety'], "'safety' is safe or review")
        self.patterns(data)

    def a_version(self, key, value):
        """A version in quotes; `until` may be null."""
        if key not in self.lines or (key == 'until' and value is None):
            return
        if not (isinstance(value, str) and _VERSION.match(value)):
            self.error(self.lines[key], f"'{key}' is not a version in quotes")

    def patterns(self, data):
        """`old` is made of regular expressions."""
        old = data.get('old')
        for pattern in old if isinstance(old, list) else []:
            try:
                re.compile(str(pattern))
            except re.error as err:
                self.error(self.lines['old'], f"'{pattern}': {err}")


def _read_one(folder, errors):
    path = os.path.join(folder, 'meta.yaml')
    check = _Check(path)
    data = check.read()
    if data is not None:
        check.fields(data)
        if not os.path.exists(os.path.join(folder, 'rule.cocci')):
            check.error(1, 'there is no rule.cocci beside it')
    errors += check.errors
    if check.errors:
        return None
    return Migration(os.path.basename(folder), folder, **data)


def _ordered(found, errors):
    """By version, and behind what each is to come after."""
    done, order = set(), []

    def place(item, above):
        if item.ident in done:
            return
        if item.ident in above:
            errors.append(f'{item.folder}/meta.yaml:1: comes after itself')
            return
        for ident in item.after:
            if ident not in found:
                errors.append(f"{item.folder}/meta.yaml:1: "
                              f"there is no migration '{ident}'")
            else:
                place(found[ident], above | {item.ident})
        done.add(item.ident)
        order.append(item)

    for item in sorted(found.values(),
                       key=lambda m: (version(m.since), m.ident)):
        place(item, frozenset())
    return order


def load(folder):
    """All migrations below @folder in the order in which they are run."""
    errors, found = [], {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            item = _read_one(path, errors)
            if item:
                found[name] = item
    order = _ordered(found, errors)
    if errors:
        raise CatalogueError('\n'.join(errors))
    return order
