# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The thread that makes calls for another one: one after the other, and gone when nobody holds it any more."""

from __future__ import annotations

import threading

from ansible_collections.safehold.backup.plugins.module_utils._core.worker import Worker

SOON = 10.0  # seconds; only a broken worker takes them


def test_calls_are_made_one_after_the_other_in_one_thread() -> None:
    worker, made, done = Worker(), [], threading.Event()
    for number in range(3):
        worker.start(lambda number=number: made.append((number, threading.current_thread())))
    worker.start(done.set)
    assert done.wait(SOON)
    assert [number for number, _thread in made] == [0, 1, 2]
    assert {thread for _number, thread in made} != {threading.current_thread()}
    assert len({thread for _number, thread in made}) == 1


def test_a_worker_that_is_let_go_ends_its_thread_after_the_call_that_it_is_in() -> None:
    worker, begun, go_on = Worker(), threading.Event(), threading.Event()
    threads: list[threading.Thread] = []

    def hang() -> None:
        threads.append(threading.current_thread())
        begun.set()
        go_on.wait(SOON)

    worker.start(hang)
    assert begun.wait(SOON)
    del worker
    assert threads[0].is_alive()
    go_on.set()
    threads[0].join(SOON)
    assert not threads[0].is_alive()
