"""Borders told by their two sides: "frontière syro-libanaise", "the Iraqi border", "Irak sınırı"."""

import re
from functools import cache

from frontlines import data, folding, readings
from frontlines.tokens import Tokens
from frontlines.toponyms import Index, Mention

_LANGUAGES = {"frontiere": "fr", "border": "en", "frontier": "en", "sinir": "tr", "حدود": "ar"}
_REACH = 60  # characters on each side of the word for border in which its sides are named
_SENTENCE = 400  # characters before in which the other side may be named


def borders(told: Tokens, index: Index) -> list[Mention]:
    """Give the mentions of borders by the adjectives or names of their sides."""
    found: dict[tuple[int, int], Mention] = {}
    for word in ((told.signs & readings.BORDER) != 0).nonzero()[0].tolist():
        lang = next(lang for part, lang in _LANGUAGES.items() if part in told.words[word])
        begin, end = max(0, told.starts[word] - _REACH), told.ends[word] + _REACH
        for pattern, forms in _patterns(lang):
            for match in pattern.finditer(told.text, begin, end):
                sides = {_side(g, forms) for g in match.groups() if g}
                if len(sides) == 1:
                    sides = sides | {"SYR"} if "SYR" not in sides else _with_other(told.text, match, forms)
                place = index.number.get("fl:border-" + "-".join(sorted(c.lower() for c in sides)), -1)
                candidates = (place,) if place >= 0 else ()
                found[match.span()] = Mention(*match.span(), candidates, "border of the two named")
    return list(found.values())


def named(text: str, index: Index) -> int:
    """Give the border that a short text names; -1 if it names none or several."""
    folded = " ".join(folding.words(text))
    if not any(word in folded for word in _LANGUAGES):
        return -1
    found = {m.candidates[0] for m in borders(Tokens(text, readings.words().signs), index) if m.candidates}
    return found.pop() if len(found) == 1 else -1


def _side(word: str, forms: dict[str, str]) -> str:
    # what `re` holds for one letter `lower` tells apart: İran is found as "iran"
    like = (side for form, side in forms.items() if re.fullmatch(re.escape(form), word, re.IGNORECASE))
    return forms.get(word.lower()) or next(like)


def _with_other(text: str, match: re.Match[str], forms: dict[str, str]) -> set[str]:
    """Find the neighbour that the sentence names beside Syria."""
    before = re.split(r"[.\n]", text[max(0, match.start() - _SENTENCE) : match.start()])[-1]
    others = [forms[w] for w in re.findall(r"[^\W\d_]+", before.lower()) if forms.get(w, "SYR") != "SYR"]
    return {"SYR", *others[:1]}


@cache
def _patterns(lang: str) -> list[tuple[re.Pattern[str], dict[str, str]]]:
    adjectives, patterns, names, places = (
        data.table(f"gazetteer/{t}") for t in ("border_adjectives", "border_patterns", "names", "places")
    )
    adjectives = adjectives[adjectives["lang"] == lang]
    states = places[(places["kind"] == "country") & places["country"].isin(adjectives["country"])]
    names = names[names["lang"] == lang].merge(states[["place_id", "country"]], on="place_id")
    forms = dict(zip(adjectives["form"].str.lower(), adjectives["country"], strict=True))
    own = dict(zip(names["name"].str.lower(), names["country"], strict=True))
    found = []
    for pattern in patterns.loc[patterns["lang"] == lang, "pattern"]:
        for sign, words in (("AB", forms), ("NM", own)):
            for letter in sign:
                pattern = pattern.replace(f"{{{letter}}}", _either(words))
        found.append((re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE), forms | own))
    return found


def _either(words: dict[str, str]) -> str:
    return "(" + "|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w))) + ")"
