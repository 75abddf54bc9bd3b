# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

from __future__ import annotations


class ModuleDocFragment:
    """The options that every list of a back end has beside its filters."""

    RESULTS = r"""
options:
  summary:
    description:
      - Whether to return counts instead of the objects, for what is too much to look through. The module chooses the
        fields that it reads for them.
      - With O(limit) only the objects that it lets through are counted.
    type: bool
    default: false
  output_file:
    description:
      - The file to write the objects to instead of returning them, as JSON with the keys of the result.
      - It is on the machine where the module runs, and its directory must exist. It is replaced as a whole or not at
        all, and only its owner can read it (mode V(0600)).
      - Use it for lists that are too large for a result. AWX and automation controller cut what a task returns at
        700,000 bytes.
    type: path
notes:
  - The module counts as changed only when the content of O(output_file) is new. In check mode it is not written.
"""

    SIMPLIVITY = r"""
options:
  fields:
    description:
      - The fields to return of each object. Without it all of them are returned.
      - Fewer fields make large lists faster, here as well as on the controller.
    type: list
    elements: str
  sort:
    description:
      - The field to sort by.
    type: str
    default: name
  order:
    description:
      - The direction to sort in.
    type: str
    choices: [ascending, descending]
    default: ascending
  limit:
    description:
      - How many objects to return at most. Without it all that match are read, page after page.
    type: int
  page_size:
    description:
      - How many objects to ask for in one request, V(5000) at most. HPE advises V(3000) at most for backups.
    type: int
    default: 500
  case_sensitive:
    description:
      - Whether names are compared and sorted with regard to case. Enumerated values always are.
    type: bool
    default: true
notes:
  - A filter that takes a list matches an object that fits any of its values. Several filters must all be met.
  - A Virtual Controller takes one value for a filter at a time, so lists are sent as several requests and merged.
    A Management Virtual Appliance takes lists.
  - Several lists are sent as all combinations of their values there. More than 500 of them are refused before the list
    is read.
  - Where an object may fit several values that are sent one at a time, such as patterns, everything that matches is
    read even with O(limit), so that each object is counted once.
"""

    ACRONIS = r"""
options:
  order:
    description:
      - The fields to sort by, the most important first, each followed by V(descending) if that is wanted.
    type: list
    elements: str
  level_of_detail:
    description:
      - How much the API tells of each object.
    type: str
    choices: [tiny, short, long, full, debug]
    default: full
notes:
  - The API reads round brackets in a filter as a function, so values that contain them are compared by the module.
  - The API has no filter for tenants. Narrow the token with O(tenant_id) instead.
"""

    ACRONIS_PAGES = r"""
options:
  limit:
    description:
      - How many objects to return at most. Without it all that match are read, page after page.
    type: int
  page_size:
    description:
      - How many objects to ask for in one request, V(5000) at most.
    type: int
    default: 500
notes:
  - A filter that takes a list matches an object that fits any of its values. Several filters must all be met.
"""
