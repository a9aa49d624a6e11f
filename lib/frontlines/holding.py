"""One place's history: the acts that touch it, and who holds it after each."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

CERTAINTY = ("low", "medium", "high")
_ORDER = ("set_contested", "set_unknown", "set_gainer")  # within one day: entered, left, taken


class Act(NamedTuple):
    """One control event as it acts on its place: its effect, the sides that gain and lose, and its worth."""

    event_id: str
    day: str
    effect: str
    gain: tuple[str, ...]
    lose: tuple[str, ...]
    certainty: str
    sourced: bool
    stated: bool
    mentions: int

    def worth(self) -> tuple[int, bool, bool, int]:
        """Rank it against a rival: certainty, stated over attributed, sourced, mentions."""
        return CERTAINTY.index(self.certainty), self.stated, self.sourced, self.mentions


@dataclass(frozen=True)
class Hold:
    """What is known of one place at one moment."""

    state: str = "unknown"
    holders: tuple[str, ...] = ()
    challengers: tuple[str, ...] = ()
    certainty: str = "low"
    sourced: bool = True
    since: str = ""
    seen: str = ""
    event_ids: tuple[str, ...] = ()
    implied: bool = False


def trace(start: Hold | None, acts: list[Act], until: str) -> Hold | None:
    """
    Follow one place to the end of a day.

    Parameters
    ----------
    start
        How it was held at first, or None: then it starts with the loser of its first act, implied.
    acts
        What happened there, by day.
    until
        The last day that counts (ISO 8601).

    Returns
    -------
    Hold or None
        How it is held; None where nothing is known of it yet.
    """
    hold = start
    if hold is None and acts and acts[0].lose:
        hold = Hold(state_of(acts[0].lose), acts[0].lose, since=acts[0].day, seen=acts[0].day,
                     event_ids=(acts[0].event_id,), implied=True)  # fmt: skip
    today = [
        act for act in acts if (hold is None or hold.implied or act.day >= hold.seen) and act.day <= until
    ]
    for day in dict.fromkeys(act.day for act in today):
        hold = _after(hold or Hold(), [act for act in today if act.day == day])
    return hold


def _after(hold: Hold, pending: list[Act]) -> Hold:
    """Apply the acts of one day at one place, the ones that take it from its holder first."""
    while pending:
        following = [act for act in pending if _follows(hold, act)] or pending
        effect = min((act.effect for act in following), key=_ORDER.index)
        rivals = [act for act in following if act.effect == effect]
        hold = _STEPS[effect](hold, rivals)
        pending = [act for act in pending if act not in rivals]
    return hold


def _follows(hold: Hold, act: Act) -> bool:
    if act.lose:
        return bool(set(act.lose) & set(hold.holders))
    return act.effect == "set_unknown" or not set(act.gain) <= set(hold.holders)


def _take(hold: Hold, rivals: list[Act]) -> Hold:
    best = max(act.worth() for act in rivals)
    winners = [act for act in rivals if act.worth() == best]
    gain = {side for act in winners for side in act.gain}
    winners += [act for act in rivals if act not in winners and set(act.gain) == gain]
    if hold.state == "joint":
        gain |= set(hold.holders) - {side for act in winners for side in act.lose}
    return _seen(hold, winners, state_of(tuple(gain)), tuple(sorted(gain)))


def _enter(hold: Hold, rivals: list[Act]) -> Hold:
    entering = [act for act in rivals if act.gain and not set(act.gain) <= set(hold.holders)]
    if not entering:
        return hold
    challengers = {*hold.challengers, *(side for act in entering for side in act.gain)}
    return replace(_seen(hold, entering, "contested", hold.holders), challengers=tuple(sorted(challengers)))


def _leave(hold: Hold, rivals: list[Act]) -> Hold:
    gone = {side for act in rivals for side in act.lose}
    if not gone or gone & set(hold.holders):
        left = tuple(side for side in hold.holders if gone and side not in gone)
        return _seen(hold, rivals, state_of(left), left)
    if hold.state == "contested" and set(hold.challengers) <= gone:
        return _seen(hold, rivals, state_of(hold.holders), hold.holders)
    return hold


_STEPS: dict[str, Callable[[Hold, list[Act]], Hold]] = {
    "set_contested": _enter,
    "set_unknown": _leave,
    "set_gainer": _take,
}


def _seen(hold: Hold, acts: list[Act], state: str, holders: tuple[str, ...]) -> Hold:
    """Note new evidence: it begins a new state, or confirms the present one."""
    same = (state, holders) == (hold.state, hold.holders) and not hold.implied
    ids = dict.fromkeys(
        (*(hold.event_ids if same or state == "contested" else ()), *(act.event_id for act in acts))
    )
    certainties = [act.certainty for act in acts] + ([hold.certainty] if same else [])
    return Hold(
        state=state,
        holders=holders,
        certainty=max(certainties, key=CERTAINTY.index),
        sourced=any(act.sourced for act in acts) or (same and hold.sourced),
        since=hold.since if same else acts[0].day,
        seen=acts[0].day,
        event_ids=tuple(ids),
    )


def state_of(holders: tuple[str, ...]) -> str:
    """
    Name the state of a place by its holders.

    Parameters
    ----------
    holders
        The sides that hold it.

    Returns
    -------
    str
        ``unknown``, ``held`` or ``joint``.
    """
    return ("unknown", "held")[len(holders)] if len(holders) < 2 else "joint"
