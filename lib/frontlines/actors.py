"""Who is meant: the expressions for actors in a text, and the canonical id behind a name."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import NamedTuple

import pandas as pd
from rapidfuzz import fuzz, process

from frontlines import actor_names, actor_phrases, data
from frontlines.actor_names import Token, holds, small_words
from frontlines.actor_phrases import LANGUAGES, Mention
from frontlines.actor_reference import settle
from frontlines.errors import UnknownCodeError

_FORM_SCORES = {"name": 1.0, "acronym": 1.0, "leader": 0.95, "institution": 0.95, "description": 0.9,
                "demonym": 0.7, "adjective": 0.5, "metonym": 0.5}  # fmt: skip
_METHOD_SCORES = {"pattern": 0.95, "context": 0.9, "introduced": 0.8, "antecedent": 0.7, "possessive": 0.7,
                  "default": 0.6}  # fmt: skip
_FUZZY = 86  # per cent of letters alike, below which a spelling is nobody's


class Named(NamedTuple):
    """An expression as `find` gives it, without the table around it."""

    start: int
    end: int
    text: str
    actor: str
    form: str
    method: str
    score: float
    loaded: str


COLUMNS = list(Named._fields)


def find(text: str, *, language: str, published: date | None = None) -> pd.DataFrame:
    """
    Find the expressions that mean an actor.

    Parameters
    ----------
    text
        The raw text; offsets count its characters.
    language
        ``fr``, ``en``, ``ar`` or ``tr``.
    published
        Day of publication (UTC+3): names that did not hold on it are left out. Without it all hold.

    Returns
    -------
    pandas.DataFrame
        One row an expression and actor ("the Chinese and Russian embassies": two rows with one span), by
        start: start, end, text (the very words), actor (id of `actors.csv`), form (of `actor_names.csv`),
        method, score (0-1), loaded (``yes`` where the words take sides: quote them, never repeat them).
        Country names (form ``name``), capitals (``metonym``), adjectives and demonyms are candidates: syntax
        decides whether they act. Method: ``name`` (a row of the table), ``pattern`` (an institution or group
        with whose it is), ``context`` (Free Syrian Army with Tanf, Palmyra or a backer), ``introduced`` (the
        rebels, once Hayat Tahrir al-Sham was named), ``antecedent`` (refers back), ``possessive`` ("its
        embassy"), ``default`` ("the army": of Syria).

    Raises
    ------
    UnknownCodeError
        If the language is not one of the four.
    """
    return pd.DataFrame(read(text, language=language, published=published), columns=COLUMNS)


def read(text: str, *, language: str, published: date | None = None) -> list[Named]:
    """
    Find the expressions that mean an actor, as plain rows.

    Parameters
    ----------
    text, language, published
        As for `find`.

    Returns
    -------
    list of Named
        The rows of `find`.

    Raises
    ------
    UnknownCodeError
        If the language is not one of the four.
    """
    if language not in LANGUAGES:
        raise UnknownCodeError(f"language was {language!r} but actors are found in {', '.join(LANGUAGES)}")
    text = data.legible(text)
    tokens, mentions = actor_phrases.read(text, language, day=published.isoformat() if published else "")
    rows: list[Named] = []
    for mention in settle(tokens, mentions, language=language):
        start, end = tokens[mention.first].start, _full_stop(text, tokens[mention.last])
        score, loaded = _score(mention), "yes" if mention.loaded else ""
        rows.extend(
            Named(start, end, text[start:end], actor, mention.form, mention.method, score, loaded)
            for actor in filter(None, mention.actors)
        )
    return rows


def resolve(names: Iterable[str], *, day: date | None = None) -> pd.DataFrame:
    """
    Resolve names of actors, in any of the four languages, one by one.

    Parameters
    ----------
    names
        Names, acronyms, ids, or short expressions such as ``"l'ambassade d'Irak"``.
    day
        The day (UTC+3) on which the name was used; without it the first meaning that ever held.

    Returns
    -------
    pandas.DataFrame
        One row a name, in order: query, actor (ids joined by ``;``), name (English), side (on that day),
        score (0-1), method (``id``, a form of `actor_names.csv`, a method of `find`, or ``fuzzy``); empty
        where unknown.

    Examples
    --------
    >>> resolve(["l'ambassade d'Irak", "HTC"])["actor"].tolist()
    ['IRQ', 'HTS']
    """
    rows = []
    for query in (data.legible(str(name)) for name in names):
        actors, score, method = _resolve(query, day)
        sides = filter(None, dict.fromkeys(side(actor, day) for actor in actors))
        english = (actor_names.actors("name_en")[actor] for actor in actors)
        rows.append((query, ";".join(actors), ";".join(english), ";".join(sides), score, method))
    return pd.DataFrame(rows, columns=["query", "actor", "name", "side", "score", "method"])


def side(actor: str, day: date | None = None) -> str:
    """
    Give the side that an actor stands on.

    Parameters
    ----------
    actor
        An id of `data/codebook/actors.csv`.
    day
        The day (UTC+3); without it the first row of the actor holds.

    Returns
    -------
    str
        An id of `data/codebook/sides.csv`, or ``""``: ``SYR`` is ``GOV`` to 7 December 2024, nobody's on 8
        and 9 December, ``HTS`` (the caretaker government) from 10 December.

    Raises
    ------
    UnknownCodeError
        If the actor is not in the table.
    """
    rows = _sides().get(actor)
    if rows is None:
        raise UnknownCodeError(f"actor was {actor!r} but is expected to be an id of data/codebook/actors.csv")
    if day is None:
        return rows[0][2]
    return next((name for first, last, name in rows if holds(first, last, day.isoformat())), "")


@cache
def _sides() -> dict[str, list[tuple[str, str, str]]]:
    sides: dict[str, list[tuple[str, str, str]]] = {}
    for row in data.table("codebook/actors").itertuples():
        sides.setdefault(row.actor, []).append((row.valid_from, row.valid_to, row.side))
    return sides


def _score(mention: Mention) -> float:
    return _METHOD_SCORES.get(mention.method, _FORM_SCORES.get(mention.form, 0.9))


def _full_stop(text: str, token: Token) -> int:
    """Take in the last point of "the U.S."."""
    dotted = len(token.raw) == 1 and token.raw.isupper() and text[token.start - 1 : token.start] == "."
    return token.end + (dotted and text[token.end : token.end + 1] == ".")


def _resolve(query: str, day: date | None) -> tuple[tuple[str, ...], float, str]:
    if query.strip() in _sides():
        return (query.strip(),), 1.0, "id"
    when = day.isoformat() if day else ""
    return _whole(query, when) or _phrase(query, when) or _nearest(query, when)


def _whole(query: str, day: str) -> tuple[tuple[str, ...], float, str] | None:
    """Look the name up as it stands."""
    node = actor_names.lexicon("")
    for token in actor_names.tokenise(query, "en"):
        node = actor_names.step(node, token.word, "") or {}
    found = [name for name in node.get("", ()) if name.actor and holds(name.first, name.last, day)]
    if not found:
        return None
    exact = tuple(token.raw for token in actor_names.tokenise(query, "en"))
    # as written before as folded: "ABD" is the USA, "Abd" nobody; then the surer form, then the undated row
    best = max(found, key=lambda n: (n.exact == exact, _FORM_SCORES.get(n.form, 0), not n.first))
    unsure = best.needs_context and best.form in ("description", "institution")
    return (best.actor,), 0.6 if unsure else _FORM_SCORES.get(best.form, 0.5), best.form


def _phrase(query: str, day: str) -> tuple[tuple[str, ...], float, str] | None:
    """Read the name as a phrase of some language: "the Turkish army", "l'ambassade d'Irak"."""
    for language in LANGUAGES:
        tokens, read = actor_phrases.read(query, language, day=day)
        mentions = list(settle(tokens, read, language=language))
        if len(mentions) != 1 or mentions[0].last != len(tokens) - 1:
            continue
        words = small_words(language)
        if all(words.get(token.word) == "t" for token in tokens[: mentions[0].first]):
            method = mentions[0].form if mentions[0].method == "name" else mentions[0].method
            return mentions[0].actors, _score(mentions[0]), method
    return None


def _nearest(query: str, day: str) -> tuple[tuple[str, ...], float, str]:
    folded = " ".join(token.word for token in actor_names.tokenise(query, "en"))
    known = _spellings(day)
    hit = process.extractOne(folded, list(known), scorer=fuzz.ratio, score_cutoff=_FUZZY)
    if hit is None or len(folded) < 6:
        return (), 0.0, ""
    return (known[hit[0]],), round(0.9 * hit[1] / 100, 2), "fuzzy"


@cache
def _spellings(day: str) -> dict[str, str]:
    table = data.table("codebook/actor_names")
    sure = (table["actor"] != "") & table["form"].isin(["name", "leader", "institution"])
    spellings: dict[str, str] = {}
    for row in table[sure & (table["needs_context"] == "")].itertuples():
        folded = " ".join(token.word for token in actor_names.tokenise(row.name, row.lang))
        if holds(row.valid_from, row.valid_to, day):
            spellings.setdefault(folded, row.actor)
    return spellings
