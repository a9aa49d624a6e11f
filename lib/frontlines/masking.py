"""What the parser is given to read: words that it knows in place of names and times, and no asides.

Each stretch keeps where it stood in the raw text.
"""

import re
from bisect import bisect_left, bisect_right
from functools import cache
from operator import attrgetter
from typing import Any

from ahocorasick_rs import AhoCorasick

from frontlines import data
from frontlines.dispatch import Dispatch
from frontlines.lexicon import classes


@cache
def _stand_ins(language: str) -> dict[str, tuple[str, ...]]:
    """Read what stands for a name in the parser's input, by its kind or by the word before it."""
    rows = data.table(f"codebook/classes.{language}")
    named = zip(rows["class"], rows["lemmas"], strict=True)
    return {name[4:]: tuple(words.split(";")) for name, words in named if name.startswith("for ")}


_NAME_FORMS = {"name", "acronym", "leader"}


_PARTICLE = re.compile(
    r"^(?:[Aa]l|[Ee]l|[Ee][sz]|[Aa][szrndt]|[Uu][lmr]|de|du|des|la|le|les|d|l|s|of|the"
    r"|und?|ibn|bin|abu|e|et|and)$"
)


def mask(
    dispatch: Dispatch, row: Any, begin: int, units: list[tuple[int, int, str]]
) -> tuple[str, list[tuple[int, int, int, bool]]]:
    """Put stand-ins for names into a paragraph; say where each stretch starts, here and in the raw text."""
    capitals = row.heading and row.text.upper() == row.text
    masked, cursor = "", begin
    segments: list[tuple[int, int, int, bool]] = []
    for start, end, kind in [*units, (row.end, row.end, "")]:
        piece = _plain(dispatch.text[cursor:start])
        segments.append((len(masked), cursor, start, False))
        masked += piece.lower() if capitals and len(piece.lower()) == len(piece) else piece
        if kind:
            segments.append((len(masked), start, end, True))
            masked += _stand_in(dispatch.language, kind, masked, dispatch.text[start:end])
        cursor = end
    return masked, segments


def unmask(
    segments: list[tuple[int, int, int, bool]], words: list[tuple[str, int, bool]]
) -> tuple[list[int], list[int]]:
    """Give the raw offsets of the words of the parser's input: where each starts and ends."""
    stands = [at for at, *_ in segments]

    def raw(position: int, *, last: bool) -> int:
        at, begin, finish, name = segments[bisect_right(stands, position) - 1]
        return (finish if last else begin) if name else begin + position - at + last

    starts = [raw(at, last=False) for _, at, _ in words]
    return starts, [raw(at + len(word) - 1, last=True) for word, at, _ in words]


_DATELINE = re.compile(r"[\s,/.()\w'’]{0,45}?(?:\s[-–—]{1,2}\s|\)\s*[-–—:.]?\s|\s:\s|--\s?)")


# "X sous les bombes : "
_SENTENCE = re.compile(r"\b(?:sous|aux?|par|des?|les|est|sont|under|by|the|is|in)\b")


def after_dateline(text: str, row: Any, places: list[Any]) -> int:
    """Skip "BEIRUT, Dec 5 -" and "(Damas, dimanche)": where a paragraph was written is no event's place."""
    if not places or places[0][0] - row.start > 1:
        return int(row.start)
    match = _DATELINE.match(text, places[0][1], row.end)
    told = match is not None and match[0].endswith(": ") and _SENTENCE.search(match[0])
    return match.end() if match and not told else int(row.start)


def within(mentions: list[Any], row: Any) -> list[tuple[int, int, int, Any]]:
    """Give the mentions of a paragraph: start, end, row in the table, and the mention."""
    low = bisect_left(mentions, row.start, key=_start)
    high = bisect_left(mentions, row.end, key=_start)
    return [(m.start, m.end, i, m) for i, m in enumerate(mentions[low:high], low) if m.end <= row.end]


_start = attrgetter("start")


_ONE_FOR_ONE = str.maketrans("’‘`\u00a0\u202f–", "'''  -")


def _plain(piece: str) -> str:
    # one character for one, so that offsets hold
    return piece.translate(_ONE_FOR_ONE)


def units(places: list[Any], actors: list[Any], text: str) -> list[tuple[int, int, str]]:
    """Choose the mentions that enter the parser as one word: proper names, the longest where they overlap."""
    states = {(s, e) for s, e, _, p in places if p.kind == "country"}
    names = [(s, e) for s, e, _, _ in places if _is_name(text[s:e])]
    found = [(*span, "country" if span in states else "place") for span in names]
    for start, end, _, actor in actors:
        if actor.form in _NAME_FORMS and (start, end) not in states:
            start += _lead(text[start:end])
            if _is_name(text[start:end], loose=True):
                found.append((start, end, "actor"))
    found = [u for u in found if re.search(r"[\W_]", text[u[0] : u[1]]) or u[2] != "country"]
    found.sort(key=lambda unit: (unit[0], -unit[1]))
    chosen: list[tuple[int, int, str]] = []
    for unit in found:
        if not chosen or unit[0] >= chosen[-1][1]:
            chosen.append(unit)
    return _with_acronyms(chosen, actors, text)


_BETWEEN = re.compile(
    r"\s*(,|,?\s*(?:et|and|puis|then|ou|or|ainsi que|as well as))\s+(?:(?:de|d['’]|à|in|the|la|le|les|l['’])\s*)?"  # noqa: E501
)


def lists(
    units: list[tuple[int, int, str]], text: str, language: str
) -> tuple[list[tuple[int, int, str]], list[tuple[int, int]]]:
    """Read three names or more in a list, or the two ends of a road, as one."""
    runs: list[list[tuple[int, int, str]]] = []
    for unit in units:
        gap = _BETWEEN.fullmatch(text, runs[-1][-1][1], unit[0]) if runs else None
        alike = runs and (runs[-1][-1][2] == unit[2])
        if gap and alike and not (len(runs[-1]) > 1 and _closed(text, runs[-1])):
            runs[-1].append(unit)
        else:
            runs.append([unit])
    whole = [run for run in runs if _closed(text, run) and (len(run) > 2 or _is_way(text, run, language))]
    joined = [(run[0][0], run[-1][1], run[0][2]) for run in whole]
    rest = [unit for run in runs if run not in whole for unit in run]
    return sorted([*rest, *joined]), [(start, end) for start, end, _ in joined]


def _is_way(text: str, run: list[tuple[int, int, str]], language: str) -> bool:
    """Tell "la route entre X et Y", of which the parser takes Y for a subject."""
    before = text[max(0, run[0][0] - 60) : run[0][0]]
    return run[0][2] == "place" and _ways(language).search(before) is not None


@cache
def _ways(language: str) -> re.Pattern[str]:
    words = "|".join(sorted(classes(language)["road"]))
    return re.compile(rf"\b(?:{words})s?(?: [\w-]+){{0,2}} (?:entre|between) $", re.IGNORECASE)


def _closed(text: str, run: list[tuple[int, int, str]]) -> bool:
    """Tell whether a list has come to its "and"."""
    return len(run) > 1 and re.search(r"[^\W\d_]{2}", text[run[-2][1] : run[-1][0]]) is not None


def times_in(times: list[Any], row: Any, text: str) -> list[tuple[int, int, str]]:
    """Give the times of a paragraph, for each to be read as one adverb."""
    kinds = {"dateline": "", "since": "since", "background": ""}
    told = [(s, e, kinds.get(time.method, "time")) for s, e, _, time in within(times, row)]
    return [(*_between_commas(text, start, end), kind) for start, end, kind in told if kind]


def _between_commas(text: str, start: int, end: int) -> tuple[int, int]:
    """Take the commas with a time that stands between two: ", la veille,"."""
    inside = text[start - 2 : start] == ", " and text[end : end + 1] == ","
    return (start - 2, end + 1) if inside else (start, end)


def left_out(dispatch: Dispatch, row: Any) -> list[tuple[int, int, str]]:
    """Give what the parser stumbles over and no meaning hangs on: "for his part", scare quotes."""
    lowered, found = row.text.lower().replace("’", "'"), []
    if _phrases("rewordings", dispatch.language).find_matches_as_indexes(lowered):
        some = _inverted(dispatch.language).finditer(dispatch.text, row.start, row.end)
        instead = _instead(dispatch.language)
        found += [(m.start(), m.end(), f"={instead[_plain(m[0]).lower()]}") for m in some]
    filled = _phrases("fillers", dispatch.language).find_matches_as_indexes(lowered)
    dropped = [_fillers(dispatch.language)] if filled else []
    dropped += [_DIRECTION, _ASIDE] if dispatch.language == "fr" else []
    for pattern in dropped:
        found += [(*m.span(), "drop") for m in pattern.finditer(dispatch.text, row.start, row.end)]
    if dispatch.language == "fr":
        found += [(*m.span(1), "=selon") for m in _said().finditer(dispatch.text, row.start, row.end)]
        clock = _CLOCK.match(dispatch.text, row.start, row.end)
        found += [(row.start, clock.end(), "drop")] if clock else []
    for match in _SCARE.finditer(dispatch.text, row.start, row.end):
        found += [(*match.span(1), "drop"), (*match.span(2), "drop")]
    return found


# one to three words between quotation marks, within a sentence
_SCARE = re.compile(
    r"(?<=[\w'’] )([«“\"]\s?)(?=\w)[^«»“”\"\s.,;:!?]+(?: [^«»“”\"\s.,;:!?]+){0,2}(\s?[»”\"])(?!,)"
)


# "Plus au sud, " at the head of a sentence says where to look on the map; "08h05 - " opens an entry
_DIRECTION = re.compile(
    r"(?:(?<=[.!?;»] )|(?<![^\n]))"
    r"(?:(?:Un peu |Beaucoup )?[Pp]lus )?"
    r"(?:[ÀA] l['’](?:est|ouest|extrême[- ]\w+)|[Aa]u (?:nord|sud)(?:[- ](?:est|ouest))?"
    r"|[Dd]ans (?:le (?:nord|sud)(?:[- ](?:est|ouest))?|l['’](?:est|ouest)) ?(?:du pays|de la Syrie|syrien)?"
    r"|[Ss]ur le terrain|[Ss]ur le plan \w+|[Cc]ôté \w+)(?: du pays)?"
    r"(?:, (?:en revanche|cependant|enfin|toutefois))?, "
)


# "d'où" is read as "où"; "peu après par X"; ", « jusqu'à nouvel ordre »,"; "plus qu'à 2 km de X"; "M. X"
_ASIDE = re.compile(
    r"\bn(?:e (?:se )?|['’])(?=\w+ plus qu['’]à )|\bplus qu['’](?=à )|\bd['’](?=où\b)"
    r"|\bpeu (?:après|avant) (?=(?:par|du|à|dans)\b|d(?:e |['’])[A-ZÀ-Þ])"
    r"|\b(?:MM?\.|Mmes?|Mgr) (?=[A-ZÀ-Þ])|, (?:lui|eux|elles?)(?:-mêmes?)?,"
    r"|, « ?[^«»\n]{3,40} ?»(?=, )"
)


_CLOCK = re.compile(r"\[?\d{1,2}(?: ?[hH:] ?\d{2}|[hH])(?: ?GMT)?\]?\s*(?:[-–—:|]|\.)?\s*(?=[^\W\d]|«)")


@cache
def _said() -> re.Pattern[str]:
    """Give what finds the verb in "À X, rapportent des habitants, Y a pris ...": it is read as "selon"."""
    rows = data.table("codebook/speech.fr")
    stems = "|".join(v[:-2] for v in rows.loc[rows["kind"] == "say", "lemma"] if v.endswith("er"))
    place = r"(?:(?<=[.!?»] )|(?<![^\n]))(?:[ÀA]ux?|[ÀA]|Dans|Sur|Près|En|De) [^,.;\n]{2,60}, "
    return re.compile(
        place + rf"((?:{stems})(?:e|ent)) (?=(?:(?:des|les?|la|une?) |l['’])[^,.;\n]{{3,60}}, )"
    )


@cache
def _phrases(table: str, language: str) -> AhoCorasick:
    """Give what says at once whether a phrase of a table stands in a text: to ask for each takes long."""
    rows = data.table(f"codebook/{table}")
    return AhoCorasick([phrase.lower() for phrase in rows.loc[rows["lang"] == language, "phrase"]])


@cache
def _fillers(language: str) -> re.Pattern[str]:
    rows = data.table("codebook/fillers")
    phrases = sorted(rows.loc[rows["lang"] == language, "phrase"], key=len, reverse=True)
    words = "|".join(re.escape(phrase).replace("'", "['’]") for phrase in phrases)
    inside = rf"(?<=\w\w\w\w )(?<!\bMais )(?:{words})(?=,)"  # the comma behind it ends the clause
    return re.compile(rf", (?:{words}),|{inside}|\b(?:{words})\b,? ?", re.IGNORECASE)


@cache
def _instead(language: str) -> dict[str, str]:
    """Give what is read in place of an inverted clause: "que parraine Ankara" is "parrainé par Ankara"."""
    return {r.phrase: r.instead for r in data.table("codebook/rewordings").itertuples() if r.lang == language}


@cache
def _inverted(language: str) -> re.Pattern[str]:
    phrases = sorted(_instead(language), key=len, reverse=True)
    written = {p: re.escape(p).replace("'", "['’]") for p in phrases}
    relative, latter = (
        "|".join(written[p] for p in phrases if p.startswith(start)) or "(?!)" for start in ("qu", "ce")
    )
    plain = "|".join(written[p] for p in phrases if not p.startswith(("qu", "ce"))) or "(?!)"
    named = rf"(?:{relative})(?= (?:l[ae] |les |l['’])?[A-ZÀ-Þ])"
    return re.compile(rf"\b(?:{named}|(?i:{latter})(?={_NO_NOUN})|(?i:{plain})(?:(?<=')|(?<=’)|\b))")


# what stands behind "ces derniers" where no noun does
_NO_NOUN = (
    r"\s?[,.;:»)]| (?:[nsl]['’]|(?:ont|a|est|sont|n[ey]|se|y|en|et|l[ae]s?|lui|leur|qui|au|aux|à|dans|du"
    r"|des?|par|pour|sur|avec|contre|\w+(?:aient|èrent|ait))\b)"
)


def besides(
    units: list[tuple[int, int, str]], others: list[tuple[int, int, str]]
) -> list[tuple[int, int, str]]:
    """Add stretches where no name stands."""
    free = [o for o in others if not any(u[0] < o[1] and o[0] < u[1] for u in units)]
    free = [o for i, o in enumerate(free) if not any(f[0] < o[1] and o[0] < f[1] for f in free[:i])]
    return sorted([*units, *free])


def _lead(words: str) -> int:
    """Give the length of what stands before the name itself: "groupes dirigés par Hayat Tahrir al-Sham"."""
    name = re.search(r"(?:^|[\s'’])(?=[A-ZÀ-Þ])", words)
    if words[:1].islower() and name and _is_name(words[name.end() :]):
        return name.end()
    return 0


def _with_acronyms(
    units: list[tuple[int, int, str]], actors: list[Any], text: str
) -> list[tuple[int, int, str]]:
    """Join "Name (ACRONYM)" of one actor into one unit."""
    known = {(s, e) for s, e, _, a in actors if a.actor is not None}
    joined: list[tuple[int, int, str]] = []
    for unit in units:
        bracketed = joined and text[joined[-1][1] : unit[0]] == " (" and text[unit[1] : unit[1] + 1] == ")"
        if bracketed and unit[:2] in known:
            start, _, kind = joined.pop()
            unit = (start, unit[1] + 1, kind)
        joined.append(unit)
    return joined


def _is_name(words: str, *, loose: bool = False) -> bool:
    parts = [part for part in re.split(r"(?:[\s\-/.()]|(?<!\w\w)['’]|['’](?=[A-ZÀ-Þ]))+", words) if part]
    if not parts or words.upper() == words.lower():
        return False
    if loose:
        return parts[0][0].isupper() or _PARTICLE.match(parts[0]) is not None
    return all(part[0].isupper() or part[0].isdigit() or _PARTICLE.match(part) for part in parts)


def _stand_in(language: str, kind: str, masked: str, name: str) -> str:
    if kind == "drop":
        return ""
    if kind.startswith("="):
        return kind[1:]
    table = _stand_ins(language)
    lately = re.findall(r"\w+'?", masked[-120:])
    if kind == "actor" and language == "fr":
        feminine = name.startswith(("Forces", "Unités", "Brigades", "Milices"))
        usual = table.get(lately[-1].lower(), table["actor"]) if lately else table["actor"]
        choices = table["forces"] if feminine else usual
    elif kind == "actor" and name.rstrip(")").lower().endswith(("forces", "helmets", "militias")):
        choices = table["plural"]
    else:
        choices = table[kind]
    if kind in ("time", "since"):
        word = choices[0] if re.search(r"[^\s.!?]\s*$", masked) else choices[0].capitalize()
        return word if masked[-1:] in ("", " ") or not masked[-1].isalnum() else f" {word}"
    # two names side by side must not look like one said twice
    return next((word for word in choices if word not in lately), choices[0])
