"""What a reader keeps in mind while reading on: who acted last, which names have been met."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


def _start(mention: Any) -> int:
    return int(mention.start)


@dataclass
class Story:
    """What a reader keeps in mind while reading on: who acted last, which town was named last."""

    language: str
    text: str
    places: list[Any]
    actors: list[Any]
    times: list[Any] = field(default_factory=list)
    subjects: list[tuple[int, tuple[str, ...], str]] = field(default_factory=list)
    armed: list[tuple[int, tuple[str, ...], str]] = field(default_factory=list)
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

    def last_subject(self, before: int, *, armed: bool = False) -> tuple[tuple[str, ...], str]:
        """Give the ids and label of the last doer named before an offset."""
        entries = reversed(self.armed if armed else self.subjects)
        _, ids, label = next((entry for entry in entries if entry[0] < before), (0, (), ""))
        return ids, label

    def remember(self, at: int, ids: tuple[str, ...], label: str, *, armed: bool) -> None:
        """Keep a doer in mind."""
        if ids:
            self.subjects.append((at, ids, label))
            if armed:
                self.armed.append((at, ids, label))
