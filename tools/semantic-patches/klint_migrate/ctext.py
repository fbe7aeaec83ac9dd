# SPDX-License-Identifier: MIT
"""C as tokens, far enough for comparison and for looking up names."""
import re

_PIECE = re.compile(
    r'(?P<blank>/\*.*?\*/|//[^\n]*)'
    r'|(?P<text>"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')', re.S)
_TOKEN = re.compile(
    r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|[A-Za-z_]\w*|\d[\w.]*'
    r'|->|<<|>>|\+\+|--|&&|\|\||[-+*/%&|^=!<>]=|\.\.\.|##|\S')
_WORD = re.compile(r'[A-Za-z_]\w*')


def _spaces(match):
    return re.sub(r'[^\n]', ' ', match.group(0))


def without_comments(text):
    """Comments as spaces; every line and column stays where it was."""
    return _PIECE.sub(
        lambda m: _spaces(m) if m.group('blank') else m.group(0), text)


def code_only(text):
    """Comments and strings as spaces, but for the name in an #include."""
    return _PIECE.sub(_spaces, text)


def tokens(text):
    """All tokens of @text, strings included."""
    return _TOKEN.findall(without_comments(text))


def words(text):
    """The identifiers that stand in @text's code, as a set."""
    return set(_WORD.findall(code_only(text)))
