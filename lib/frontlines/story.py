"""What a reader keeps in mind while reading on: who acted last, which names have been met."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter
from typing import Any, NamedTuple

_NEAREST = 12  # doers that a pronoun chooses among


class Doer(NamedTuple):
    """One who acted, where, in which sentence; what a pronoun must agree with; whether in the background."""

    at: int
    ids: tuple[str, ...]
    label: str
    sentence: int = 0
    number: str = ""
    gender: str = ""
    behind: int = 0
    armed: bool = False


class Wanted(NamedTuple):
    """What a pronoun tells of whom it means: its sentence, number and gender; whether that one speaks."""

    sentence: int
    number: str = ""
    gender: str = ""
    says: bool = False


_start = attrgetter("start")


@dataclass
class Story:
    """What a reader keeps in mind while reading on: who acted last, which town was named last."""

    language: str
    text: str
    places: list[Any]
    actors: list[Any]
    times: list[Any] = field(default_factory=list)
    doers: list[Doer] = field(default_factory=list)
    datelines: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Note how many places the text names: what is only meant is added behind them."""
        self.named = len(self.places)

    def places_before(self, at: int) -> Iterator[tuple[int, Any]]:
        """Give the places named before an offset, the nearest first, each with its row."""
        last = bisect_left(self.places, at, hi=self.named, key=_start)
        for row in range(last - 1, -1, -1):
            yield row, self.places[row]

    def actors_before(self, at: int) -> list[Any]:
        """Give the last actors named before an offset, the nearest first."""
        last = bisect_left(self.actors, at, key=_start)
        return self.actors[max(0, last - 100) : last][::-1]

    def named_a_leader(self, at: int) -> bool:
        """Tell whether one of the last actors named before an offset is a person who leads: "he"."""
        return any(actor.form == "leader" for actor in self.actors_before(at)[:3])

    def times_within(self, start: int, end: int) -> list[Any]:
        """Give the times that stand between two offsets."""
        low, high = (bisect_left(self.times, at, key=_start) for at in (start, end))
        return [time for time in self.times[low:high] if time.end <= end]

    def last_subject(
        self, before: int, *, armed: bool = False, wanted: Wanted | None = None
    ) -> tuple[tuple[str, ...], str]:
        """
        Give the ids and label of the last doer named before an offset.

        With `wanted`, of the nearest doers the one that agrees in number and gender, stands in the
        foreground (no relative clause, no agent of a participle) and is the fewest sentences away.
        """
        near = (d for d in reversed(self.doers) if d.at < before and (d.armed or not armed))
        first = next(near, None)
        if first is None:
            return (), ""
        if wanted is None:
            return first.ids, first.label
        costs: list[tuple[int, int, Doer]] = []
        steps, sentence = 0, wanted.sentence
        for doer in (first, *islice(near, _NEAREST)):
            steps, sentence = steps + (doer.sentence != sentence), doer.sentence
            unlike = bool(wanted.number and doer.number and wanted.number != doer.number) + (
                2 * bool(wanted.gender and doer.gender and wanted.gender != doer.gender)
            )
            behind = 0 if wanted.says and doer.behind == 1 else doer.behind
            costs.append((steps + 2 * unlike + behind, len(costs), doer))
        chosen = min(costs)[2]
        return chosen.ids, chosen.label

    def remember(self, doer: Doer) -> None:
        """Keep a doer in mind."""
        if doer.ids:
            self.doers.append(doer)
