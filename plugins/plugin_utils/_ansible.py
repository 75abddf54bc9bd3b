# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What filters and tests have to do with Ansible: plain input, and errors as Ansible tells them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._core.text import clean

try:
    from ansible.template import is_trusted_as_template
except ImportError:  # before ansible-core 2.19, where a text is a template unless it says that it is none
    from ansible.utils.unsafe_proxy import wrap_var

    is_trusted_as_template = None
else:

    def wrap_var(v: Any) -> Any:
        """The value as it is: what a filter returns is no template."""
        return v


_SCALARS = (str, int, float, type(None))


class _HoldsTemplate(Exception):
    pass


def as_filter(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as a filter or a test: input and options made plain, a mistake told in one line with its name."""

    @wraps(function)
    def wrapped(*values: Any, **options: Any) -> Any:
        try:
            return wrap_var(function(*map(plain, values), **{option: plain(one) for option, one in options.items()}))
        except (ValueError, TypeError, KeyError) as problem:
            said = problem if isinstance(problem, ValueError) else f"{type(problem).__name__} {problem}"
            raise AnsibleFilterError(f"{name}: {clean(said)}") from problem

    return wrapped


def plain(value: Any) -> Any:
    """Dictionaries and lists of what a template handed over, converted once.

    From ansible-core 2.19 on every look into such a container renders what is found there, which takes most of the time
    where there are a hundred thousand objects. What modules returned cannot hold templates, so there it can be spared.
    """
    if isinstance(value, _SCALARS):
        return value
    if is_trusted_as_template is not None:
        try:
            return _unrendered(value)
        except _HoldsTemplate:
            pass
    return _rendered(value)


def _rendered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _rendered(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rendered(item) for item in value]
    return value


def _unrendered(value: Any) -> Any:
    if isinstance(value, str):
        if is_trusted_as_template(value):
            raise _HoldsTemplate
        return value
    if isinstance(value, _SCALARS):
        return value
    if hasattr(value, "_non_lazy_copy"):
        value = value._non_lazy_copy()
    if isinstance(value, dict):
        return {key: _unrendered(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_unrendered(item) for item in value]
    raise _HoldsTemplate
