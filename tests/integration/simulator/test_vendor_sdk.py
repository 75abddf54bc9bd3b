# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider's own Python SDK works against the simulator: the best sign that it is like the real thing."""

from __future__ import annotations

import pytest

ovc_client = pytest.importorskip("simplivity.ovc_client", reason="the simplivity SDK is not installed")


@pytest.fixture
def ovc(simulator):
    return ovc_client.OVC(
        {
            "ip": f"{simulator.simplivity['host']}:{simulator.simplivity['port']}",
            "ssl_certificate": simulator.ca_path,
            "credentials": {
                "username": simulator.simplivity["username"],
                "password": simulator.simplivity["password"],
            },
        }
    )


def test_sdk_lists_backups_page_by_page(ovc):
    assert len(ovc.backups.get_all()) == 21
    pages = ovc.backups.get_all(pagination=True, page_size=8, limit=21)
    sizes = [pages.data["size"], pages.next_page()["size"], pages.next_page()["size"]]
    assert sizes == [8, 8, 5]


def test_sdk_reads_every_kind_of_object(ovc):
    assert [one.data["name"] for one in ovc.policies.get_all(order="ascending")][-1] == "Silver"
    assert len(ovc.hosts.get_all(show_optional_fields=True)) == 4
    assert len(ovc.datastores.get_all()) == 3
    assert len(ovc.omnistack_clusters.get_all()) == 2
    assert len(ovc.virtual_machines.get_all()) == 4


def test_sdk_renames_a_backup_and_waits(ovc, control):
    control.set("simplivity", task_seconds=0.3)
    backup = ovc.backups.get_by_name("aborted")
    renamed = backup.rename("aborted, kept for the audit")
    assert renamed.data["name"] == "aborted, kept for the audit"
    assert [change["operation"] for change in control.changes()] == ["rename"]


def test_sdk_logs_in_again_when_its_token_has_idled_away(ovc, control):
    control.advance(601)
    assert len(ovc.backups.get_all(limit=5)) == 5
    assert control.state()["simplivity"]["logins"] == 2
