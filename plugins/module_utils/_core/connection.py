# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The connection options that both back ends have, checked before any request."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .errors import bad_input
from .options import seconds
from .text import is_encodable, quoted
from .transport import Verify

_LABEL = re.compile(r"^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)\Z")


def argument_spec(prefix: str) -> dict[str, Any]:
    """validate_certs, ca_path, request_timeout and access_token. prefix: of the environment variables, such as SVT.

    `env` is not Ansible's: the host adapter turns it into a fall-back.
    """
    return {
        "access_token": {"type": "str", "no_log": True, "env": f"{prefix}_ACCESS_TOKEN"},
        "validate_certs": {"type": "bool", "default": True, "env": f"{prefix}_VALIDATE_CERTS"},
        "ca_path": {"type": "path", "env": f"{prefix}_CA_PATH"},
        "request_timeout": {"type": "float", "default": 60.0, "env": f"{prefix}_REQUEST_TIMEOUT"},
    }


def verify(params: Mapping[str, Any]) -> Verify:
    """How certificates are checked; the CA file is opened now. Raises a Failure of kind input that names ca_path."""
    path: str | None = params.get("ca_path") or None
    if not params["validate_certs"]:
        return Verify(False, None)
    if path is not None:
        _check_ca(path)
    return Verify(True, path)


def _check_ca(path: str) -> None:
    if not os.path.exists(path):
        problem = "does not exist; give the path of the CA's PEM file on the machine where the module runs"
    elif not os.path.isfile(path):
        problem = "is not a file; give the path of the CA's PEM file"
    elif not os.access(path, os.R_OK):
        problem = "cannot be read by this user; change its mode or its owner"
    else:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
            return
        except (OSError, ValueError):
            problem = "holds no certificate in PEM form; export the CA's certificate as PEM"
    raise bad_input(f"ca_path: {quoted(path)} {problem}")


def request_timeout(params: Mapping[str, Any]) -> float:
    """Seconds that one call may take as a whole, its repeats included."""
    return seconds(params, "request_timeout", 0.5, 3600)


def secret(params: Mapping[str, Any], option: str) -> str:
    """A secret option that is fit to be sent. The value is never quoted (reliability.md K6)."""
    value = str(params[option])
    if re.search(r"[\r\n]", value):
        raise bad_input(f"{option}: contains a line break; remove it, it often comes from a file's last line")
    if re.search(r"[\x00-\x1f\x7f]", value):
        raise bad_input(f"{option}: contains a control character; remove it")
    if not is_encodable(value):
        raise bad_input(f"{option}: is not UTF-8; check how the file or the variable that it comes from is encoded")
    if len(value) > 8192:
        raise bad_input(f"{option}: is longer than 8192 characters; give the value itself, not a file")
    return value


def header_secret(params: Mapping[str, Any], option: str) -> str:
    """A secret that travels in a header, so it must be plain ASCII without blanks."""
    value = secret(params, option)
    if not re.fullmatch(r"[\x21-\x7e]+", value):
        raise bad_input(f"{option}: contains a blank or a character outside ASCII; give it exactly as it was issued")
    return value


def is_host(text: str) -> bool:
    """Whether the text is a bare host name (also an international one), an IPv4 or an IPv6 address."""
    try:
        if text.startswith("[") and text.endswith("]"):
            ipaddress.IPv6Address(text[1:-1])
        else:
            ipaddress.ip_address(text)
        return True
    except ValueError:
        pass
    if re.fullmatch(r"[0-9.]+", text) or len(text) > 253:
        return False
    try:
        ascii_form = text.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    return all(_LABEL.match(label) for label in ascii_form.rstrip(".").split("."))


def origin(option: str, url: str, example: str) -> str:
    """`https://host[:port]` of a URL that holds nothing else. Raises a Failure of kind input that names the option."""

    def refused(why: str) -> Exception:
        return bad_input(f"{option}: {why}; write it as {example}")

    if re.search(r"[\x00-\x20\x7f]", url):
        raise refused("contains a blank or a control character")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise refused("is not a URL, or its port is not a number from 1 to 65535") from None
    if "@" in url:
        raise refused("must not hold a user name or password; they have options of their own")
    shown = quoted(re.split("[?#]", url)[0])  # what follows may be a token (reliability.md K11)
    if parts.scheme.lower() != "https":
        raise refused(f"{shown} does not begin with https://, and nothing is ever sent without TLS")
    if not parts.hostname or not is_host(parts.hostname) or port == 0:
        raise refused(f"{shown} names no valid host and port")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise refused("must end after the host; a path or a query is not part of it")
    return "https://" + parts.netloc
