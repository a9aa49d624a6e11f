"""The names of actors as a text spells them: its words, folded, and the longest names among them."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from frontlines import data

_WORD = re.compile(r"[\w\u0300-\u036f\u064b-\u0652\u0670]+")
GLUE = re.compile(r"(?:[^\S\n]*[\s\-‐‑–'’ʼ‘/][^\S\n]*)?")  # what may stand between the words of one name
_SENTENCE_END = re.compile(r"[.!?…؟;][\s\"”»)]")
_TURKISH_SUFFIX = re.compile(r"(?:n?[iu]n|[ny]?[iu]|[ny]?[ae]|[ny]?d[ae]n?|t[ae]n?|y?l[ae]|l[ae]r|s[iu]|n)+")
_SPELLINGS = {
    **dict.fromkeys(("mohammad", "mohamed", "mohamad", "muhammad", "muhammed", "muhamad"), "mohammed"),
    "bachar": "bashar", "beshar": "bashar", "ahmad": "ahmed", "abou": "abu", "el": "al",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Name:
    """A row of `actor_names.csv`."""

    actor: str
    lang: str
    form: str
    sense: str
    first: str
    last: str
    needs_context: bool
    exact: tuple[str, ...]  # the words as they must be written
    capital: bool
    loaded: bool


@dataclass(slots=True)
class Token:
    """A word of the text: offsets, folded form, what stands before it, its paragraph and sentence."""

    start: int
    end: int
    raw: str
    word: str
    gap: str
    paragraph: int = 0
    sentence: int = 0


def tokenise(text: str, language: str, *, starts: list[int] | None = None) -> list[Token]:
    """
    Cut a text into words.

    Parameters
    ----------
    text
        The raw text.
    language
        One of `LANGUAGES`.
    starts
        Offsets at which paragraphs begin.

    Returns
    -------
    list
        The words, folded: case, accents, dotless and dotted i, Arabic letter variants and article.
    """
    tokens: list[Token] = []
    raw, end, paragraph, sentence = "", 0, 0, 0
    for match in _WORD.finditer(text):
        start, before, last = match.start(), raw, paragraph
        gap, raw, end = text[end:start], match[0], match.end()
        if gap != " " or not tokens:  # a plain space parts neither sentences nor paragraphs
            paragraph = bisect_right(starts, start) if starts else 0
            ended = _SENTENCE_END.search(gap) and not (gap[0] == "." and len(before) == 1)
            sentence += bool(tokens and (ended or paragraph != last))
        tokens.append(Token(start, end, raw, _fold(raw, language), gap, paragraph, sentence))
    return tokens


@cache
def actors(column: str) -> dict[str, str]:
    """
    Give a column of `actors.csv` by actor.

    Parameters
    ----------
    column
        For example ``"type"``; the first row of an actor holds.

    Returns
    -------
    dict
        Actor id to value.
    """
    frame = data.table("codebook/actors").drop_duplicates("actor")
    return dict(zip(frame["actor"], frame[column], strict=True))


@cache
def proxies() -> dict[str, str]:
    """
    Give the group that a state backs.

    Returns
    -------
    dict
        State id to actor id: fighters "backed by Turkey" are the Syrian National Army.
    """
    return {backer: actor for actor, backer in actors("backed_by").items() if backer}


@cache
def lexicon(language: str) -> dict[str, Any]:
    """
    Build the trie of all names that can occur in a text.

    Parameters
    ----------
    language
        One of `LANGUAGES`, or ``""`` for all names.

    Returns
    -------
    dict
        Folded word to the next level; the key ``""`` holds the names that end there.
    """
    trie: dict[str, Any] = {}
    for row in data.table("codebook/actor_names").itertuples():
        state = is_state(row.actor) and row.form != "leader"
        anywhere = row.form in ("name", "leader") and row.lang != "ar" and not state
        if language and language != row.lang and row.lang != "und" and not anywhere:
            continue
        tokens = tokenise(row.name, row.lang)
        node = trie
        for token in tokens:
            node = node.setdefault(token.word, {})
        exact = tuple(token.raw for token in tokens) if row.case_sensitive else ()
        capital = state and tokens[0].raw[:1].isupper() and row.form in ("name", "metonym")
        node.setdefault("", []).append(
            Name(row.actor, row.lang, row.form, row.sense, row.valid_from, row.valid_to,
                 row.needs_context == "yes", exact, capital, row.loaded == "yes")
        )  # fmt: skip
    return trie


@cache
def small_words(language: str, role: str = "") -> dict[str, str]:
    """
    Give the small words of a language.

    Parameters
    ----------
    language
        One of `LANGUAGES`.
    role
        Only those with this role: ``definite``, ``indefinite``, ``possessive``, ``locative`` or ``orders``.

    Returns
    -------
    dict
        Folded word to its symbol in the phrase shapes.
    """
    frame = data.table("codebook/small_words")
    rows = frame[frame["lang"] == language].itertuples()
    return {_fold(row.word, language): row.symbol for row in rows if not role or role in row.role.split(";")}


def holds(first: str, last: str, day: str) -> bool:
    """
    Tell whether a dated row holds.

    Parameters
    ----------
    first, last
        ISO 8601 days, or empty.
    day
        ISO 8601 day; without one everything holds.

    Returns
    -------
    bool
        Whether the day lies within.
    """
    return not day or ((not first or first <= day) and (not last or day <= last))


def is_state(actor: str) -> bool:
    """
    Tell whether an actor is a state.

    Parameters
    ----------
    actor
        An id of `actors.csv`.

    Returns
    -------
    bool
        Whether its type is ``state``.
    """
    return actors("type").get(actor) == "state"


@lru_cache(maxsize=50_000)
def _fold(word: str, language: str) -> str:
    folded = unicodedata.normalize("NFKD", word.casefold().replace("ı", "i").replace("œ", "oe"))
    folded = "".join(c for c in folded if not unicodedata.combining(c) and c != "ـ")
    if "\u0600" <= folded[:1] <= "\u06ff":
        folded = folded.replace("ى", "ي").replace("ة", "ه")
        return folded.removeprefix("ال") if len(folded) > 4 else folded
    return _SPELLINGS.get(folded, folded) if language != "tr" or folded != "el" else folded


def matches(tokens: list[Token], language: str, day: str) -> Iterator[tuple[int, int, Name]]:
    """
    Find the names in a text: from each word the longest that holds, none overlapping.

    Parameters
    ----------
    tokens
        The words of the text.
    language
        Its language.
    day
        ISO 8601 day on which names must hold; all do if empty.

    Yields
    ------
    tuple
        First token, last token, name.
    """
    trie = lexicon(language)
    position = 0
    while position < len(tokens):
        node, index, found = step(trie, tokens[position].word, language), position, None
        last = position
        while node is not None:
            held = [n for n in node.get("", ()) if _usable(n, tokens[position : index + 1], day)]
            if held:
                last, found = index, max(held, key=lambda name: (bool(name.exact), name.lang == language))
            index += 1
            joined = index < len(tokens) and _joins(tokens, index)
            node = step(node, tokens[index].word, language) if joined else None
        if found:
            yield position, last, found
        position = last + 1


def step(node: dict[str, Any], word: str, language: str) -> dict[str, Any] | None:
    """
    Go down one word of the lexicon; in Arabic also without its clitics, in Turkish without its suffixes.

    Parameters
    ----------
    node
        A level of the lexicon.
    word
        A folded word; empty where a mark stands alone.
    language
        The language of the text.

    Returns
    -------
    dict or None
        The next level, if names go on with the word.
    """
    tries = [word]
    if language == "ar" and len(word) > 3 and word[0] in "وفبلك":
        tries += [word[1:].removeprefix("ال"), word[2:] if word.startswith("لل") else word]
    if language == "tr":
        ends = [len(word) - cut for cut in range(1, min(7, len(word) - 2))]
        tries += [word[:end] for end in ends if _TURKISH_SUFFIX.fullmatch(word[end:])]
    for one in tries:
        if one in node and one:
            return node[one]  # type: ignore[no-any-return]
    return None


def _joins(tokens: list[Token], index: int) -> bool:
    gap = tokens[index].gap
    if gap == " ":
        return True
    initial = gap[:1] == "." and len(tokens[index - 1].raw) <= 2 and len(gap) <= 2
    return initial or bool(GLUE.fullmatch(gap))


def _usable(name: Name, tokens: list[Token], day: str) -> bool:
    if name.exact and tuple(token.raw for token in tokens) != name.exact:
        return False
    return not (name.capital and tokens[0].raw[:1].islower()) and holds(name.first, name.last, day)
