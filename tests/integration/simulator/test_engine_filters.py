# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every filter of every list module is one of the API and means there what it means here.

The simulator's tables were written from the documents on their own, and those of SimpliVity are held against the
provider's description, so that two that agree are right.
"""

from __future__ import annotations

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._acronis import activities as acronis_activities
from ansible_collections.safehold.backup.plugins.module_utils._acronis import tasks as acronis_tasks
from ansible_collections.safehold.backup.plugins.module_utils._acronis.resource import Resource as AcronisResource
from ansible_collections.safehold.backup.plugins.module_utils._core import filters as core
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.backups import BACKUPS
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.datastores import DATASTORES
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.hosts import HOSTS
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.resource import Resource
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.virtual_machines import VIRTUAL_MACHINES

from simulator.acronis import conditions
from simulator.acronis import query as acronis
from simulator.simplivity import filters as simplivity

LISTS = [BACKUPS, DATASTORES, HOSTS, VIRTUAL_MACHINES]
TASK_LISTS = [(acronis_tasks._LIST, acronis.TASKS), (acronis_activities.ACTIVITIES, acronis.ACTIVITIES)]


def means(filter: core.Filter) -> str:
    """The simulator's word for what a filter does on SimpliVity."""
    if filter.single:
        return simplivity.ONE
    if filter.wildcard:
        return simplivity.PATTERN
    return {
        core.TEXTS: simplivity.CSV,
        core.FLAG: simplivity.BOOL,
        core.MINIMUM: simplivity.INT_MIN,
        core.MAXIMUM: simplivity.INT_MAX,
        core.AFTER: simplivity.AFTER,
        core.BEFORE: simplivity.BEFORE,
    }[filter.kind]


@pytest.mark.parametrize("resource", LISTS, ids=lambda resource: resource.key)
def test_simplivity(resource: Resource) -> None:
    known = simplivity.RESOURCES[resource.key]
    ours = {filter.name: (means(filter), filter.path) for filter in resource.filters}
    assert ours == {name: (filter.kind, filter.field) for name, filter in known.filters.items()}
    assert set(resource.optional_fields) == set(known.optional or ())
    assert {filter.path for filter in resource.filters} <= {*resource.fields, *resource.optional_fields}


@pytest.mark.parametrize("resource", LISTS, ids=lambda resource: resource.key)
def test_the_version_that_brought_a_filter(resource: Resource) -> None:
    since = simplivity.SINCE.get(resource.key, {})
    oldest = 11
    newer = {field: (1, minor) for field, minor in since.items() if minor > oldest}
    assert {filter.path: filter.since for filter in resource.filters if filter.since} == newer


@pytest.mark.parametrize(("resource", "known"), TASK_LISTS, ids=["tasks", "activities"])
def test_acronis(resource: AcronisResource, known: acronis.Resource) -> None:
    kinds = {
        core.FLAG: (conditions.booleans,),
        core.AFTER: (conditions.times,),
        core.BEFORE: (conditions.times,),
        core.CONTAINS: (conditions.names,),
    }
    for filter in resource.filters:
        if filter.option == "allow_deleted":
            assert filter.name in acronis.PAGING
            continue
        condition = known.conditions[filter.name]
        assert condition.path == tuple(term_of(part) for part in filter.path.split(".")), filter.option
        if filter.kind in kinds:
            assert condition.kind in kinds[filter.kind], filter.option
        assert (filter.kind in (core.TEXT, core.FLAG, core.AFTER, core.BEFORE)) == condition.single, filter.option
    assert {filter.name for filter in resource.filters} - {"allow_deleted"} == set(known.conditions)
    assert tuple(resource.sortable.values()) == known.orders


@pytest.mark.parametrize(("resource", "_known"), TASK_LISTS, ids=["tasks", "activities"])
def test_words_of_acronis(resource: AcronisResource, _known: acronis.Resource) -> None:
    words = {"state": acronis.STATES, "resultCode": acronis.RESULTS, "priority": acronis.PRIORITIES}
    listed = {filter.name: filter.choices for filter in resource.filters if filter.choices}
    assert listed == {name: words[name] for name in listed}


def term_of(part: str) -> str:
    """snake_case as the API writes it."""
    first, *rest = part.split("_")
    return first + "".join(word.title() for word in rest)
