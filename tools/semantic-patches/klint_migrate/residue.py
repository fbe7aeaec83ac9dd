# SPDX-License-Identifier: MIT
"""What is left of an old API after its migration was run."""
import re

from . import ctext


def residue(path, text, chosen):
    """`file:line: …` for each place that still has an old form."""
    code, found = ctext.code_only(text), []
    for item in chosen:
        for pattern in item.old:
            for match in re.finditer(pattern, code):
                line = code.count('\n', 0, match.start()) + 1
                why = item.note or 'the semantic patch does not match here, ' \
                    'or spatch could not parse the function'
                found.append((line, f'{path}:{line}: not converted: '
                                    f'{item.title} [{item.ident}]: {why}'))
    return [text for _, text in sorted(found)]
