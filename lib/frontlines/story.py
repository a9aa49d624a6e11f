"""What a reader keeps in mind while reading on: who acted last, which names have been met."""

from dataclasses import dataclass, field
from typing import Any


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
