"""Descriptions of places as data files hold them, taken apart: "near Al Azba town, Deir Ezzor"."""

import math
import re
from dataclasses import dataclass
from functools import cache

from frontlines import data, folding

_KM = re.compile(
    r"(?<!\d)(?P<km>\d+(?:[.,]\d+)?)[\s-]*"
    r"(?P<unit>kms?|kilom[eè]tres?|kilometers?|kilometre|miles?|mi|كم|كلم|كيلومتر\w*)\b\s*",
    re.IGNORECASE,
)
_MILE_KM = 1.609
# a run of spaces or digits is read once, from its beginning: the time stays linear whatever comes
_CONTAINER = re.compile(
    r"(?<!\s)(?:\s*[,;،(\[]\s*|\s+[-–]\s+|\s+في\s+|\s+(?=بريف\s|بمحافظة\s|بمدينة\s|بمنطقة\s|ريف\s))"
)
_INSIDE = re.compile(r"(?<!\s)\s+(?:in|dans|en)\s+", re.IGNORECASE)
_AT = re.compile(r"^.*?\b(?:at|of|in|près de|de|à)\s+(?=[^\W\d_a-z])")
_LINK = re.compile(
    r"^(?:(?:the|of|de la|de|du|des|la|le|les|في|من)\s+|[dl]['’]|ب(?=ريف|محافظة|مدينة|منطقة))", re.IGNORECASE
)
_TURKISH_SUFFIX = re.compile(r"['’](?:n?[ıiuü]n|n?[dt][ae]n?|[yn]?[aeıiuü]|l[ıiuü])$")
_EDGES = ' \t\n.,;:،()[]«»"“”'
_EARTH_KM = 6371.0
_FARTHEST_KM = 1000.0  # nobody tells a place by one that is farther off


@dataclass(frozen=True)
class Description:
    """A description of a place, taken apart."""

    name: str
    kind: str = ""
    site: str = ""
    container: tuple[str, ...] = ()
    relation: str = ""
    bearing: float | None = None
    km: float = 0.0


def parse(text: str) -> Description:
    """
    Take a description of a place apart.

    Parameters
    ----------
    text
        For example ``"12 km north of Homs"``, ``"Al Azba town, Deir Ezzor"``.

    Returns
    -------
    Description
        The name, its kind if a kind word stands by it, what contains it, the relation and distance.
    """
    head, *containers = [
        p.strip(_EDGES) for p in _CONTAINER.split(text.strip(_EDGES)) if p.strip(_EDGES)
    ] or [""]
    inside = _INSIDE.split(head, maxsplit=1)
    head, containers = inside[0], [*inside[1:], *containers]
    head, distance = _distance(head)
    head, relation, bearing = _relation(head)
    name, kind, site = strip_kind(head)
    containers = [strip_kind(c)[0] for c in containers]
    return Description(
        name, kind, site, tuple(c for c in containers if c), relation, bearing if distance else None, distance
    )


def last_name(text: str) -> str:
    """
    Give what follows the last link word: "poultry farm at A'nabka" is told by A'nabka.

    Parameters
    ----------
    text
        A name that no place has.

    Returns
    -------
    str
        The part after "at", "of", "in", "de", "à"; empty if there is none.
    """
    match = _AT.match(text)
    return text[match.end() :].strip(_EDGES) if match else ""


def offset(lat: float, lon: float, *, bearing: float, km: float) -> tuple[float, float]:
    """
    Give the point at a distance and bearing from another.

    Parameters
    ----------
    lat, lon
        The starting point, in degrees (EPSG:4326).
    bearing
        Degrees clockwise from north.
    km
        The distance.

    Returns
    -------
    tuple of float
        Latitude and longitude, in degrees.
    """
    a, b, way = math.radians(lat), math.radians(bearing), km / _EARTH_KM
    there = math.asin(math.sin(a) * math.cos(way) + math.cos(a) * math.sin(way) * math.cos(b))
    turn = math.atan2(
        math.sin(b) * math.sin(way) * math.cos(a), math.cos(way) - math.sin(a) * math.sin(there)
    )
    return round(math.degrees(there), 4), round(lon + math.degrees(turn), 4)


def _distance(text: str) -> tuple[str, float]:
    match = _KM.search(text)
    if not match:
        return text, 0.0
    number = float(match["km"].replace(",", ".")) * (
        _MILE_KM if match["unit"].lower().startswith("mi") else 1.0
    )
    if number > _FARTHEST_KM:
        return "", 0.0
    before, after = text[: match.start()].strip(), text[match.end() :].strip()
    # "à 15 km à l'est de": what stands before the number is no name if it is in lower case
    return (f"{before} {after}" if before[:1].isupper() or not after else after).strip(), round(number, 2)


def _relation(text: str) -> tuple[str, str, float | None]:
    before, after = _tables().relations
    words = _words(text)
    for size in range(min(5, len(words) - 1), 0, -1):
        if found := before.get(_folded(words[:size])):
            return _cut(text[words[size - 1].end() :]), *found
        if found := after.get(_folded(words[-size:])):
            return _cut(text[: words[-size].start()]), *found
    return text, "", None


def strip_kind(text: str) -> tuple[str, str, str]:
    """
    Take the kind word off a name.

    Parameters
    ----------
    text
        For example ``"Al Azba town"``, ``"ville de Homs"``.

    Returns
    -------
    tuple of str
        The name, the kind (empty if no kind word stood there), the class of site.
    """
    before, after = _tables().kinds
    words = _words(text)
    for size in range(min(4, len(words) - 1), 0, -1):
        if found := before.get(_folded(words[:size])):
            return _cut(text[words[size - 1].end() :]), *found
        if found := after.get(_folded(words[-size:])):
            return _cut(text[: words[-size].start()]), *found
    return _cut(text), "", ""


def _words(text: str) -> list[re.Match[str]]:
    return list(re.finditer(r"[^\s'’\-]+", text))


def _folded(words: list[re.Match[str]]) -> str:
    return " ".join(folding.words(" ".join(w.group() for w in words)))


def _cut(text: str) -> str:
    text = _TURKISH_SUFFIX.sub("", text.strip(" '’-"))
    return _LINK.sub("", text) if len(text) > 3 else text


class _Tables:
    def __init__(self) -> None:
        relations, kinds = data.table("gazetteer/relation_words"), data.table("gazetteer/kind_words")
        relations["word"], kinds["word"] = (folding.fold_names(t["word"]) for t in (relations, kinds))
        bearings = [float(b) if b else None for b in relations["bearing"]]
        rows = zip(relations["word"], relations["position"], relations["relation"], bearings, strict=True)
        self.relations: tuple[dict[str, tuple[str, float | None]], dict[str, tuple[str, float | None]]] = (
            {},
            {},
        )
        for word, position, relation, bearing in rows:
            self.relations[position == "after"][word] = (relation, bearing)
        self.kinds: tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str]]] = ({}, {})
        for word, position, kind, site in zip(
            kinds["word"], kinds["position"], kinds["kind"], kinds["site"], strict=True
        ):
            if kind not in ("place", "border", "element"):
                self.kinds[position == "after"][word] = (kind, site)


@cache
def _tables() -> _Tables:
    return _Tables()
