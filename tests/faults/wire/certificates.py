# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of every good and bad kind, made anew for a test run."""

from __future__ import annotations

import ssl
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trustme

NAMES = ("localhost", "127.0.0.1", "::1")
_YEAR = timedelta(days=365)


class Certificates:
    """A CA that clients trust through `ca_path`, and TLS contexts for servers. directory: where PEM files go."""

    def __init__(self, directory: Path) -> None:
        self._authority = trustme.CA()
        self._stranger = trustme.CA()
        self.ca_path = str(directory / "ca.pem")
        self.stranger_path = str(directory / "stranger.pem")
        self._authority.cert_pem.write_to_path(self.ca_path)
        self._stranger.cert_pem.write_to_path(self.stranger_path)
        self._good = self._context(self._authority, *NAMES)

    def good(self) -> ssl.SSLContext:
        """The context of a server that everything is right with."""
        return self._good

    def unknown_authority(self) -> ssl.SSLContext:
        """Right in all but its CA, which nobody here trusts."""
        return self._context(self._stranger, *NAMES)

    def self_signed(self) -> ssl.SSLContext:
        """Signed by itself alone."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with trustme.Blob(self._stranger.private_key_pem.bytes() + self._stranger.cert_pem.bytes()).tempfile() as path:
            context.load_cert_chain(path)
        return context

    def other_name(self) -> ssl.SSLContext:
        """Good for another host."""
        return self._context(self._authority, "another-host.example.com")

    def no_name(self) -> ssl.SSLContext:
        """Only a common name, as old appliances have it; clients look at alternative names alone."""
        return self._context(self._authority, "another-host.example.com", common_name="127.0.0.1")

    def expired(self) -> ssl.SSLContext:
        """Ended a day ago."""
        now = datetime.now(UTC)
        return self._context(self._authority, *NAMES, not_before=now - _YEAR, not_after=now - timedelta(days=1))

    def not_yet_valid(self) -> ssl.SSLContext:
        """Begins tomorrow."""
        now = datetime.now(UTC)
        return self._context(self._authority, *NAMES, not_before=now + timedelta(days=1), not_after=now + _YEAR)

    def only(self, version: ssl.TLSVersion) -> ssl.SSLContext | None:
        """Offers this version of TLS alone; None when the TLS library of this machine cannot."""
        context = self._context(self._authority, *NAMES)
        try:
            context.set_ciphers("ALL:@SECLEVEL=0")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = version
                context.maximum_version = version
        except (ValueError, ssl.SSLError):
            return None
        return context

    def no_common_cipher(self) -> ssl.SSLContext:
        """TLS 1.2 with a cipher that no client of today offers."""
        context = self._context(self._authority, *NAMES)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("NULL:@SECLEVEL=0")
        return context

    @staticmethod
    def _context(authority: trustme.CA, *names: str, **facts: Any) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names, **facts).configure_cert(context)
        return context
