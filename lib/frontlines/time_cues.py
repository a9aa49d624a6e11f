"""The words for time: the cue tables of `data/codebook/`, and where their cues stand in a text."""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from frontlines import data
from frontlines.errors import UnknownCodeError

LANGUAGES = ("en", "fr")
_FIXED = {
    "daynum": r"[0-3]?\d(?:st|nd|rd|th|er)?",
    "year": r"(?:19|20)\d\d",
    "iso": r"(?:19|20)\d\d-\d\d?-\d\d?",
    "slash": r"[0-3]?\d[/.][01]?\d[/.](?:20)?\d\d",
}
_END = r"(?!\w)"
_ESCAPED_OR_WORD = re.compile(r"\\.|\w+")
_LINK = re.compile(r"\s*+(?:d[eu]s?|le|la|l['’]|the)?\s*+")


@dataclass(frozen=True)
class Rule:
    """A row of the table that is a cue."""

    pattern: re.Pattern[str]
    rule: str
    value: int


@dataclass(frozen=True)
class Grammar:
    """All cues of a language (those of the finder in lower case), and the values of the words in them."""

    finder: re.Pattern[str]
    rules: tuple[Rule, ...]
    words: dict[str, dict[str, int]]


@dataclass
class Cue:
    """A cue in the text: where, by which rule, the words that filled it, the days it means."""

    start: int
    end: int
    rule: str
    value: int
    groups: dict[str, str]
    days: tuple[date | None, date | None] = (None, None)
    future: date | None = None


def read(text: str, language: str) -> list[Cue]:
    """
    Find the cues in a text.

    Parameters
    ----------
    text
        The raw text.
    language
        One of `LANGUAGES`.

    Returns
    -------
    list
        The cues by start, none overlapping, not yet resolved to days.

    Raises
    ------
    UnknownCodeError
        If the language has no table.
    """
    return _join(_scan(text, grammar(language)), text)


@cache
def grammar(language: str) -> Grammar:
    """
    Compile the cue table of a language.

    Parameters
    ----------
    language
        One of `LANGUAGES`.

    Returns
    -------
    Grammar
        One expression that finds any cue, the rule behind each, and the values of weekdays, months, units.

    Raises
    ------
    UnknownCodeError
        If the language has no table.
    """
    if language not in LANGUAGES:
        raise UnknownCodeError(f"language was {language!r} but dates are read in {', '.join(LANGUAGES)}")
    table = data.table(f"codebook/timex.{language}")
    is_word = table["rule"].str.startswith("word.")
    words: dict[str, dict[str, int]] = {}
    sources = dict(_FIXED)
    for kind, group in table[is_word].groupby("rule"):
        name = str(kind).removeprefix("word.")
        words[name] = {cue: int(value or 0) for cue, value in zip(group["cue"], group["value"], strict=True)}
        sources[name] = "|".join(_word(cue) for cue in sorted(words[name], key=lambda cue: (-len(cue), cue)))
    sources["number"] += r"|\d{1,3}"
    rules, bare = [], []
    for row in table[~is_word].itertuples():
        pattern = re.compile(_expression(row.cue, sources, named=True) + _END, re.IGNORECASE)
        rules.append(Rule(pattern, row.rule, int(row.value or 0)))
        bare.append(_expression(row.cue, sources, named=False))
    # the look behind stands once, before all cues: within each it would be tried a hundred times a word
    finder = _in_lower_case(rf"(?<![\w-])(?:{'|'.join(bare)}){_END}")
    return Grammar(re.compile(finder), tuple(rules), words)


def _in_lower_case(pattern: str) -> str:
    """Write a pattern for a text in lower case: where case counts, most cues fall at their first letter."""
    return _ESCAPED_OR_WORD.sub(lambda m: m[0] if m[0][0] == "\\" else m[0].lower(), pattern)


def _word(cue: str) -> str:
    # a cue written with a capital needs one in the text ("May", "March"), or a text in capitals
    return f"(?-i:{cue}|{cue.upper()})" if cue[:1].isupper() else cue.replace(" ", r"\s+")


def _expression(cue: str, sources: dict[str, str], *, named: bool) -> str:
    seen: dict[str, int] = {}

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        seen[name] = seen.get(name, 0) + 1
        return f"(?P<{name}{seen[name]}>{sources[name]})" if named else f"(?:{sources[name]})"

    # spaces with one line break at most, taken whole: given back one by one they take the square of time
    gap = r"(?=\\s)(?>[^\\S\\n]*\\n?[^\\S\\n]*)"
    spaced = re.sub(r"(?<!\[) (?!\?)", gap, cue.replace("'", "['’]"))
    grouped = re.sub(r"\((?!\?)", "(?:", spaced)
    return f"(?:{re.sub(r'{([a-z]+)}', fill, grouped)})"


def _scan(text: str, words: Grammar) -> list[Cue]:
    cues, position = list[Cue](), 0
    # letter for letter, and with the three letters that `re` alone holds for i and s
    lower = text.replace("İ", "i").replace("ı", "i").replace("ſ", "s").lower()
    while hit := words.finder.search(lower, position):
        matches = [(match, rule) for rule in words.rules if (match := rule.pattern.match(text, hit.start()))]
        if not matches:  # may, march: no months without a capital
            position = hit.start() + 1
            continue
        match, rule = max(matches, key=lambda pair: pair[0].end())
        groups = {name: value for name, value in match.groupdict().items() if value}
        if rule.rule != "none":
            cues.append(Cue(match.start(), match.end(), rule.rule, rule.value, groups))
        position = match.end()
    return cues


def _join(cues: list[Cue], text: str) -> list[Cue]:
    """Give "since" and "two days after" the date that follows them; drop those that none follows."""
    kept: list[Cue] = []
    for cue in reversed(cues):
        following = kept[-1] if kept else None
        if cue.rule not in ("since", "shift_next"):
            kept.append(cue)
        elif following is None or not _LINK.fullmatch(text, cue.end, following.start):
            continue
        elif cue.rule == "shift_next":
            kept.append(cue)
        elif following.rule in ("background", "month"):
            kept[-1] = replace(following, start=cue.start)
        elif following.rule != "since":  # "since since Monday" is one
            inner = {"rule": following.rule, "value": str(following.value), **following.groups}
            kept[-1] = replace(cue, end=following.end, groups=inner)
    return kept[::-1]


def lookup(words: Grammar, kind: str, word: str) -> int:
    """
    Give the value of a word.

    Parameters
    ----------
    words
        The language's cues.
    kind
        ``weekday``, ``month``, ``number`` or ``unit``.
    word
        As it stands in the text.

    Returns
    -------
    int
        Monday is 0, January 1; a unit is its days.

    Raises
    ------
    ValueError
        If it is no such word.
    """
    for cue, value in words.words[kind].items():
        if re.fullmatch(cue, word, re.IGNORECASE):
            return value
    raise ValueError(word)
