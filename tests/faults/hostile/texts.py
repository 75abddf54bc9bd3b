# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hostile texts: what a tenant, a machine or a backup may be called by whoever owns it, by catalogue row."""

from __future__ import annotations

import re
import unicodedata

FORGED_RECAP = "x\r\nPLAY RECAP *****\r\nlocalhost : ok=9 changed=0 unreachable=0 failed=0\r\n"
ALONE = re.compile("[\ud800-\udfff]")
NFC = unicodedata.normalize("NFC", "Bu\u0308ro")


def code_texts(mark: str) -> dict[str, str]:
    """Texts that are a program to somebody. mark: the file that they make when anybody runs them."""
    return {
        "H1-lookup": "{{ lookup('pipe', 'touch MARK') }}",
        "H1-lookup-nested": "{{ '{{' }} lookup('pipe', 'touch MARK') {{ '}}' }}",
        "H1-statement": "{% set x = lookup('pipe', 'touch MARK') %}{{ x }}",
        "H1-block": "{% for x in range(9) %}{{ x }}{% endfor %}",
        "H1-comment": "{# a comment #}",
        "H1-open": "{{ never closed",
        "H1-close": "}} %} #}",
        "H1-raw-end": "{% endraw %}{{ lookup('pipe', 'touch MARK') }}{% raw %}",
        "H1-undefined": "{{ no_such_variable }}",
        "H1-builtins": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "H1-extended": "#jinja2: variable_start_string:'[['",
        "H3-quote-break": "' or lookup('pipe', 'touch MARK') or '",
        "H3-expression": "x') or (1 == 1) or ('",
        "H3-jmespath": "x' || 'y",
        "H9-formula": "=cmd|' /C touch MARK'!A0",
        "H9-plus": "+1+1",
        "H9-minus": "-2+3",
        "H9-at": "@SUM(1,2)",
        "H9-tab": "\t=1+1",
        "H10-script": "<script>alert('x')</script>",
        "H10-attribute": '"><img src=x onerror=alert(1)>',
        "H10-markdown": "[x](javascript:alert(1)) | *a* | `b`",
        "H11-traversal": "../../../../tmp/x",
        "H11-absolute": "/etc/passwd",
        "H11-reserved": "CON",
        "H11-long": "n" * 300,
        "H11-shell": "$(touch MARK) `touch MARK`; touch MARK",
        "H12-python-object": "!!python/object/apply:os.system ['touch MARK']",
        "H12-unsafe-tag": "!unsafe x",
        "H12-vault-tag": "!vault |",
        "H12-vault": "$ANSIBLE_VAULT;1.1;AES256",
        "H12-anchor": "&anchor [*anchor]",
        "H12-colon": "a: b",
        "H12-dash": "- a",
        "H12-document": "--- # x",
        "H12-list": "['a', \"b\"]",
        "H12-dict": "{'a': 1}",
        "H12-json": '{"__ansible_type": "x", "a": [1, null]}',
        "H12-backslash": "it's \"quoted\" \\ and 'mixed' \\n",
    }


TEXTS: dict[str, str] = {
    "H4-ansi": "\x1b[31mred\x1b[0m\x1b[2J\x1b[1;1H",
    "H4-osc": "\x1b]0;title\x07",
    "H4-c1": "\u009b31m\u0085x",
    "H4-recap": FORGED_RECAP,
    "H4-newline-end": "ends in a line\n",
    "H4-bell-backspace": "bell\x07 back\x08\x7f",
    "H4-line-separator": "a\u2028b\u2029c",
    "H5-bidi": "a\u202egpj.exe\u202c",
    "H5-isolate": "a\u2066b\u2069",
    "H5-zero-width": "we\u200bb\ufeff01",
    "H5-joiner": "we\u2060b\u00ad01",
    "H5-invisible-letter": "web\u3164\u115f01",
    "H5-variation": "web\ufe0f01",
    "H5-look-alike": "w\u0435b01",
    "H5-nfc": NFC,
    "H5-nfd": unicodedata.normalize("NFD", NFC),
    "H5-blank-look-alike": "web\u00a001\u3000x",
    "H5-tag": "a\U000e0041\U000e007f",
    "H6-emoji": "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea",
    "H6-four-bytes": "\U00020000\U0002a6d6\U0010ffff",
    "H6-noncharacter": "a\ufffeb\uffffc\ue000d",
    "H7-leading": "  web01",
    "H7-trailing": "web01  ",
    "H7-inner": "web  01",
    "H7-only-spaces": "   ",
    "H7-tab-end": "web01\t",
    "H8-case": "WEB01",
    "H8-sharp-s": "stra\u00dfe",
    "H8-turkish": "\u0130i\u0131I",
    "E11-high": "a\ud800b",
    "E11-low": "\udc00",
    "E11-reversed": "\udc00\ud800",
    "E11-escape-text": "a\\ud800b",
    "E12-nul": "a\x00b",
    "E12-controls": "".join(map(chr, range(1, 32))),
    "E13-type": "__ansible_type",
    "E13-unsafe": "__ansible_unsafe",
    "E13-vault": "__ansible_vault",
    "H13-variable": "hostvars",
    "H13-item": "item",
    "H13-backup": "backup",
    "H13-omit": "omit",
    "H13-placeholder": "__omit_place_holder__",
    "H13-keyword": "changed",
    "H13-keys": "keys",
    "H16-float": "1e3",
    "H16-octal": "007",
    "H16-yes": "yes",
    "H16-true": "True",
    "H16-null": "null",
    "H16-none": "None",
    "H16-date": "2016-03-14",
    "H16-big": "944455285181775872",
    "H16-infinity": ".inf",
    "H16-sexagesimal": "12:30:45",
    "H16-tilde": "~",
    "H16-na": "NA",
    "H16-comma": "a,b",
    "H16-star": "a*b",
    "H16-brackets": "gt(5)",
    "H16-percent": "100%25&name=x#y?z",
    "H11-nul": "x\x00.yml",
}


def all_texts(mark: str) -> dict[str, str]:
    """Every hostile text by its id."""
    return {name: text.replace("MARK", mark) for name, text in {**code_texts(mark), **TEXTS}.items()}


def shown(text: str) -> str:
    """The text as a result holds it: exactly, but for lone surrogates, which no Ansible carries (E11)."""
    return ALONE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def may_be_given(text: str) -> bool:
    """Whether the text may be written as a new name: no control character, not blank, of some length (I3)."""
    return bool(text.strip()) and len(text) <= 255 and not re.search("[\x00-\x1f\x7f\ud800-\udfff]", text)
