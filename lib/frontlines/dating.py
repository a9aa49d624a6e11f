"""Which of a sentence's times belongs to which of its predicates."""

import re
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from frontlines import attribution, clauses, syntax, time_cues
from frontlines.filling import Found
from frontlines.parsing import Parse
from frontlines.story import Story
from frontlines.trees import Word

_SHORT = re.compile(r",?\s+(?:(?:on|in|le|à|at)\s+)?")


def when(row: Any, published: date, *, expected: bool) -> dict[str, str]:
    """
    Read a time expression as the date columns of an event.

    Parameters
    ----------
    row
        A row of `timex.find`, or None.
    published
        The dispatch's own day (UTC+3), taken where there is no cue.
    expected
        Whether the act is yet to come: a bare weekday is then the coming one.

    Returns
    -------
    dict
        date, date_end, date_precision.
    """
    if row is None:
        return {"date": published.isoformat(), "date_end": "", "date_precision": "inferred"}
    day = row.date_future if expected and row.date_future else row.date
    return {"date": day, "date_end": row.date_end, "date_precision": row.date_precision}


def time_of(parsed: Parse, found: Found, story: Story, fired: set[Word]) -> Any:
    """Choose the time that a predicate has: in its own clause, else in the clause that it hangs from."""
    sentence = found.token.sent
    low, high = parsed.starts[sentence.start], parsed.ends[sentence.end - 1]
    near = [row for row in story.times_within(low, high) if row.method != "dateline"]
    owners = [(row, _owner(parsed, row.start, row.end, fired)) for row in near]
    chain = [found.token, *found.words]
    current = found.token
    while current.head != current and len(chain) < 5:
        if current.dep_ in ("acl:relcl", "relcl", "ccomp", "parataxis") and not _goes_on(current):
            break
        if current.dep_ in ("advcl", "acl") and _pluperfect(current):
            break
        if current.dep_ == "conj" and _begins_anew(parsed, story, found, current):
            at, over = parsed.starts[current.head.i], current.head
            owners = [(row, owner) for row, owner in owners if owner is not over or row.start < at]
        current = current.head
        chain.append(current)
    for predicate in chain:
        own = [row for row, owner in owners if owner == predicate]
        if own:
            return min(own, key=lambda row: abs(row.start - parsed.starts[found.token.i]))
    if current.dep_ in ("acl:relcl", "relcl"):
        held = next((row for row in near if row.start <= parsed.starts[current.head.i] < row.end), None)
        if held is not None:
            return held
    alone = len(near) == 1 and len(fired) == 1 and near[0].method != "background"
    if alone and not _came_before(found.token) and not _aside(owners[0][1], found):
        return near[0]
    return next((row for row, owner in owners[:1] if _explained(owner, found.token, len(near))), None)


def _begins_anew(parsed: Parse, story: Story, found: Found, verb: Word) -> bool:
    """Tell "X left Y on Monday, and Z sent troops" from "and its men ...", "and within hours Z ..."."""
    before = [t for head in clauses.subjects(verb.head) for t in syntax.phrase(head)]
    doers = {story.actors[row].actor for t in before for row in parsed.actors_of.get(t.i, ())}
    if any(doers.intersection(ids) for ids, _ in found.actors):
        return False
    first = min(t.i for t in verb.subtree if not t.is_punct)
    joined = [t.lower_ for t in verb.doc[max(0, first - 2) : first]]
    own = joined[:1] == [","] and any(c.dep_ in syntax.SUBJECT for c in verb.children)
    return own and verb.doc[first].lower_ not in syntax.words(verb, "sequel") and not _pluperfect(verb)


def _explained(owner: Word | None, token: Word, times: int) -> bool:
    """Tell "X a tremblé lundi : Y y a frappé": what stands behind the colon was on that day."""
    if owner is None or times > 1 or owner.i > token.i or attribution.says(owner):
        return False
    return any(t.text == ":" for t in token.doc[owner.i : token.i])


def _came_before(verb: Word) -> bool:
    """Tell "X, qui avait pris Y, est arrivé lundi": not on that day."""
    if verb.dep_ not in _RELATIVE or not _pluperfect(verb):
        return False
    first = min(t.i for t in verb.subtree if not t.is_punct)
    return first > 0 and verb.doc[first - 1].text == ","


def _goes_on(verb: Word) -> bool:
    """Tell "a cédé lundi X à Y, qui y est entré": both on that day."""
    first = min(t.i for t in verb.subtree if not t.is_punct)
    told = verb.dep_ in _RELATIVE and verb.doc[first].lower_ in ("qui", "who") and not _pluperfect(verb)
    return told and first > 0 and verb.doc[first - 1].text == ","


def _aside(owner: Word | None, found: Found) -> bool:
    """Tell the time of an aside: "X, qui a pris dimanche Y, y a déployé Z", "X, begun on Sunday, has ..."."""
    if owner is None or found.token in owner.subtree or owner.head in found.words:
        return False
    return owner.dep_ in (*_RELATIVE, "prep") or (owner.dep_ == "acl" and owner.nbor(-1).text == ",")


_RELATIVE = ("acl:relcl", "relcl")
_COUNTED = re.compile(r"\b(\w+) (\w+) $")
_MORROW = re.compile(r"\b[Ll]endemain (?:de (?:la |l['’]|leur |sa |son |cette )?|d['’]|du |des )$")


def day_before(parsed: Parse, story: Story, found: Found, published: date) -> Any:
    """
    Date an act by what came after it: "au lendemain de la prise de X", "a day after they took X".

    Parameters
    ----------
    parsed, story, found
        The paragraph, what is known, and the trigger that fired.
    published
        The dispatch's own day.

    Returns
    -------
    types.SimpleNamespace or None
        A time as `timex.find` gives it: the day before the sentence's own, or before the dispatch.
    """
    after, token = _after(found.token), found.token
    at = parsed.starts[(after or token).i]
    told = (_COUNTED if after else _MORROW).search(story.text, max(0, at - 24), at)
    steps = _value(token, "number", told[1], 1) * _value(token, "unit", told[2], 0) if told and after else 1
    if told is None or not steps or (after is None and token.pos_ != "NOUN"):
        return None
    sentence = found.token.sent
    low, high = parsed.starts[sentence.start], parsed.ends[sentence.end - 1]
    days = [t.date for t in story.times_within(low, high) if len(t.date) == len("2024-12-06")]
    day = (date.fromisoformat(days[0]) if days else published) - timedelta(days=steps)
    return SimpleNamespace(
        date=day.isoformat(), date_end="", date_precision="day", date_future="", start=at, method="shift"
    )


def _value(token: Word, kind: str, word: str, otherwise: int) -> int:
    """Read a number or a unit of days: "two weeks", "the day"; "hours" are none."""
    try:
        return time_cues.lookup(time_cues.grammar(token.lang_), kind, word.lower())
    except ValueError:
        return otherwise


def _after(token: Word) -> Word | None:
    """Find the "after" of "a day after they stormed X and took it", "deux jours après la chute de X"."""
    while token.dep_ == "conj":
        token = token.head
    near = [*(c for c in token.children if c.dep_ in ("mark", "case")), token.head]
    return next((t for t in near if t.lower_ in ("after", "après")), None)


def of_each(story: Story, places: list[tuple[int, str]]) -> dict[int, Any]:
    """
    Give the places of a list a time of their own: "Aleppo on Saturday and Hama on Thursday".

    Parameters
    ----------
    story
        The mentions of the dispatch.
    places
        The places of one event, as `filling.name_places` gives them.

    Returns
    -------
    dict
        Row of the place mention to its time; empty unless two times are told. One before another that has a
        time, and without its own, has the same.
    """
    own: dict[int, Any] = {}
    waiting: list[int] = []
    for index, _ in sorted(places, key=lambda place: story.places[place[0]].start):
        waiting.append(index)
        end = story.places[index].end
        behind = (t for t in story.times if 0 < t.start - end < 8 and t.method != "dateline")
        time = next((t for t in behind if _SHORT.fullmatch(story.text[end : t.start])), None)
        if time is not None:
            own |= dict.fromkeys(waiting, time)
            waiting = []
    return own if len({time.start for time in own.values()}) > 1 else {}


def _pluperfect(verb: Word) -> bool:
    auxiliaries = [c for c in verb.children if c.dep_.startswith("aux")]
    return any("Imp" in c.morph.get("Tense", []) or c.lower_ == "had" for c in auxiliaries)


def _owner(parsed: Parse, start: int, end: int, fired: set[Word]) -> Word | None:
    """Find the predicate of a time: by the tree, unless a comma parts them and another is near."""
    tokens = [t for s in parsed.sentences for t in s if parsed.starts[t.i] < end and parsed.ends[t.i] > start]
    if not tokens:
        return None
    before = _verb_before(tokens[0], fired)
    inside = set(tokens)
    current = next((t for t in tokens if t.head not in inside), tokens[0])
    while current.head != current:
        below = {c.dep_ for c in current.head.children}
        nested = current.head not in fired and (current.head.pos_ in ("NOUN", "ADJ") or "pobj" in below)
        if nested and current.lower_ in syntax.words(current, "standing"):
            return current  # "the government, in office since Tuesday, has accused"
        current = current.head
        # "closed X, which faces it, on Monday", "hit ships moored at X on Monday"
        standing = current.dep_ == "relcl" and current.tag_ in ("VBZ", "VBP")
        standing = standing or (current.dep_ == "acl" and syntax.is_a(current, "stationed"))
        if current in fired or (current.pos_ in ("VERB", "AUX") and not standing):
            between = current.doc[min(current.i, tokens[0].i) : max(current.i, tokens[0].i)]
            parted = any(t.text in (",", ";") for t in between)
            # "men who had entered X overnight freed ..."
            inner = before is not None and before.dep_ in _RELATIVE and tokens[-1].i < current.i
            return before if before is not None and (parted or inner) else current
    return before or current


def _verb_before(token: Word, fired: set[Word]) -> Word | None:
    """Give the verb or event that stands before a word in the same stretch between commas."""
    for other in reversed(token.doc[token.sent.start : token.i]):
        if other.is_punct:
            return None
        if other.pos_ == "VERB" or other in fired:
            return other
    return None
