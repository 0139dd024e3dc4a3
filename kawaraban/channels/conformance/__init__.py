"""
The conformance kit: what every channel keeps, as tests to inherit. Passing it is being a channel.

    class TestMine(MachineConformance):
        kind = Mine                                         # the class that the entry point names
        def channel(self) -> Channel: …                     # connected to a real or imitated server; called again and again
        def stored(self) -> int: …                          # how many posts are really on that server now
        def losing_the_answer(self): …                      # context: the next request is taken, its answer is lost
        def unreachable(self): …                            # context: nothing can be connected to

A channel with threads inherits ThreadConformance instead; a folder that is written whole EditionConformance, a channel that a
person posts to ByHandConformance.

Any test runner that collects methods named `test_…` runs it (pytest does; nothing here imports it). It lies in the
package and not under `tests/`, so that channels outside this project can inherit it from the wheel.
"""

from kawaraban.channels.conformance.kind import KindConformance
from kawaraban.channels.conformance.machine import MachineConformance
from kawaraban.channels.conformance.others import ByHandConformance, EditionConformance
from kawaraban.channels.conformance.samples import ANOTHER_KEY, KEY, SINCE, sample, sample_thread
from kawaraban.channels.conformance.threads import ThreadConformance

__all__ = [
    "ANOTHER_KEY",
    "KEY",
    "SINCE",
    "ByHandConformance",
    "EditionConformance",
    "KindConformance",
    "MachineConformance",
    "ThreadConformance",
    "sample",
    "sample_thread",
]
