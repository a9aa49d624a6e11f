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
_PARTS = re.compile(r"(?<!\s)(?:\s*[,;:،؛|>(\[]\s*|\s+[-–—/]\s+|(?<=\w)/(?=\w))")
_INSIDE = re.compile(
    r"(?<!\s)\s+(?:(?:in|inside|within|dans|en|في)\s+|(?:at|à)\s+(?=[^\W\d_a-zà-ÿ])"
    r"|(?=بريف\s|بمحافظة\s|بمدينة\s|بمنطقة\s|بناحية\s|ريف\s))",
)
_BETWEEN = (
    re.compile(r"\b(?:between|entre|بين)\s+(?P<a>.+?)\s+(?:(?:and|et)\s+|و)(?P<b>[^,;(]+)$", re.IGNORECASE),
    re.compile(r"^(?P<a>.+?)\s+(?:ile|ve)\s+(?P<b>[^,;(]+?)\s+aras[ıi]\w*$", re.IGNORECASE),
    re.compile(
        r"^(?P<a>[^,;(]+?)\s*[-–—]\s*(?P<b>[^,;(]+?)\s+(?:road|highway|motorway|yolu|karayolu|otoyolu)$", re.I
    ),
    re.compile(
        r"^(?:route|autoroute|طريق|أوتوستراد)\s+(?P<a>[^,;(]+?)\s*[-–—]\s*(?P<b>[^,;(]+?)$", re.IGNORECASE
    ),
)
_GENITIVE = re.compile(r"^(?P<owner>[^,;(]+?)['’](?:n?[ıiuü]n|[dt][ae](?:ki)?)\s+(?P<owned>.+)$")
_AT = re.compile(r"^[^A-ZÀ-Þ\u0600-\u06ff]*?\b(?:at|of|in|près de|de|à)\s+(?=[^\W\d_a-z])")
_LINK = re.compile(
    r"^(?:(?:the|of|from|de la|de|du|des|la|le|les|في|من)\s+|[dl]['’]|ب(?=ريف|محافظة|مدينة|منطقة|ناحية))",
    re.IGNORECASE,
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
    beside: tuple[str, ...] = ()  # places that it is near to, but need not lie in
    relation: str = ""
    bearing: float | None = None
    km: float = 0.0
    head: str = ""  # the name with the words of relation and kind that were taken off
    other: str = ""  # between the name and this
    parts: tuple[str, ...] = ()  # as commas and strokes part them


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
    text = text.strip(_EDGES)
    if text.isalpha():
        return Description(text, head=text, parts=(text,))
    for pattern in _BETWEEN:
        if match := pattern.search(text):
            a, b = (strip_kind(match[g].strip(_EDGES))[0] for g in "ab")
            return Description(a, relation="near", other=b, parts=(text,))
    parts = [p for p in (x.strip(_EDGES) for x in _PARTS.split(text)) if p] or [""]
    owner = _GENITIVE.match(parts[0])
    if owner and _run(_fold(_words(owner["owned"])))[0] < len(_words(owner["owned"])):
        parts[:1] = [owner["owned"], owner["owner"]]
    segments = [s.strip(_EDGES) for part in parts for s in _INSIDE.split(part) if s.strip(_EDGES)] or [""]
    head, distance = _distance(segments[0])
    rest, relation, bearing = _relation(head)
    container, beside = [], []
    if not relation and (middle := _middle(head)):
        rest, near = middle
        beside.append(near)
    for segment in segments[1:]:
        bare, far = _distance(segment)
        outer, how, toward = _relation(bare)
        if not outer and (how or far):
            relation, bearing, distance = how or "near", toward, far or distance
        elif how in ("", "centre"):
            container.append(strip_kind(outer)[0])
        else:
            beside.append(strip_kind(outer)[0])
    name, kind, site = strip_kind(rest)
    if owner and parts[0] == owner["owned"] and name and not distance:
        relation, bearing = "", None  # that of the place to its owner: Halep'in kuzeyindeki Azez
    return Description(
        name, kind, site, tuple(filter(None, container)), tuple(filter(None, beside)),
        relation or "near" * (distance > 0), bearing, distance, _cut(head), parts=tuple(parts),
    )  # fmt: skip


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


def toward(a: tuple[float, float], b: tuple[float, float]) -> float:
    """
    Give the bearing from one point to another.

    Parameters
    ----------
    a, b
        Latitude and longitude, in degrees (EPSG:4326).

    Returns
    -------
    float
        Degrees clockwise from north.
    """
    lat1, lat2, turn = math.radians(a[0]), math.radians(b[0]), math.radians(b[1] - a[1])
    x = math.cos(lat1) * math.sin(lat2) - math.sin(lat1) * math.cos(lat2) * math.cos(turn)
    return round(math.degrees(math.atan2(math.sin(turn) * math.cos(lat2), x)) % 360, 1)


def _distance(text: str) -> tuple[str, float]:
    match = _KM.search(text)
    if not match:
        return text, 0.0
    unit = _MILE_KM if match["unit"].lower().startswith("mi") else 1.0
    number = float(match["km"].replace(",", ".")) * unit
    if number > _FARTHEST_KM:
        return "", 0.0
    before, after = text[: match.start()].strip(), text[match.end() :].strip()
    # "à 15 km à l'est de": what stands before the number is no name if it is in lower case
    return (f"{before} {after}" if before[:1].isupper() or not after else after).strip(), round(number, 2)


def _relation(text: str) -> tuple[str, str, float | None]:
    """Take the words off the front, else off the end, that say where the place lies from the name."""
    words = _words(text)
    folded = _fold(words)
    size, relation, bearing = _run(folded)
    if size and relation:
        return _cut(text[words[size - 1].end() :]), relation, bearing
    size, relation, bearing = _run(folded[::-1], end=True)
    if size and relation and size < len(words):
        if folded[0] in _tables().parts and not _tables().parts[folded[0]][0]:
            words = words[1:]
        return _cut(text[words[0].start() : words[-size].start()]), relation, bearing
    return text, "", None


def _middle(text: str) -> tuple[str, str] | None:
    """Cut "Qara Qozak bridge near Manbij" in two."""
    words = _words(text)
    folded = _fold(words)
    for i in range(1, len(words) - 1):
        size, relation, _ = _run(folded[i:])
        if relation and i + size < len(words):
            near = _cut(text[words[i + size - 1].end() :])
            if near[:1].isupper() or near[:1] > "\u0600":
                return text[: words[i].start()].strip(_EDGES), strip_kind(near)[0]
    return None


def _run(folded: list[str], *, end: bool = False) -> tuple[int, str, float | None]:
    """Count the words, from the first on, that are words of relation, and give what they say together."""
    parts, links = _tables().parts, _tables().links
    size, last, found = 0, 0, list[tuple[str, float | None, bool]]()
    while size < min(len(folded), 9):
        pair = " ".join(folded[size : size + 2][:: -1 if end else 1])
        step = 2 if " " in pair and pair in parts else 1
        part = parts.get(pair) or parts.get(folded[size])
        if part and not (end and part[2]):
            found.append(part)
            last = size + step
        elif folded[size] not in links or end:
            break
        elif size == last and last:
            last += 1
        size += step
    towards = [part for part in found if part[1] is not None][:2]
    relation = next((part[0] for part in towards or found if part[0]), "")
    return last, relation, _mean([part[1] or 0.0 for part in towards])


def _mean(bearings: list[float]) -> float | None:
    """Give the bearing half-way: north and west is 315."""
    if not bearings:
        return None
    x, y = (sum(f(math.radians(b)) for b in bearings) for f in (math.cos, math.sin))
    return round(math.degrees(math.atan2(y, x)) % 360, 1)


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
    told = ("", "")
    for table, front in ((before, True), (after, False)):
        text = _cut(text) if front else text
        words = _words(text)
        for size in range(min(4, len(words) - 1), 0, -1):
            run = words[:size] if front else words[-size:]
            if found := table.get(" ".join(_fold(run))):
                text = _cut(text[run[-1].end() :] if front else text[: run[0].start()])
                told = told if told[0] else found
                break
    return _cut(text), *told


def _words(text: str) -> list[re.Match[str]]:
    return list(re.finditer(r"[^\s'’\-]+", text))


def _fold(words: list[re.Match[str]]) -> list[str]:
    return ["".join(folding.words(w.group())) for w in words]


def _cut(text: str) -> str:
    text = _TURKISH_SUFFIX.sub("", text.strip(" '’-"))
    return _LINK.sub("", text) if len(text) > 3 else text


class _Tables:
    def __init__(self) -> None:
        relations, kinds = data.table("gazetteer/relation_words"), data.table("gazetteer/kind_words")
        relations["word"], kinds["word"] = (folding.fold_names(t["word"]) for t in (relations, kinds))
        bearings = [float(b) if b else None for b in relations["bearing"]]
        rows = zip(relations["word"], relations["position"], relations["relation"], bearings, strict=True)
        # of each word: relation, bearing, whether it stands before the name only
        self.parts: dict[str, tuple[str, float | None, bool]] = {}
        self.links = set(relations.loc[relations["position"] == "link", "word"])
        for word, position, relation, bearing in rows:
            if position != "link":
                self.parts[word] = (relation, bearing, position == "front")
        self.kinds: tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str]]] = ({}, {})
        for row in kinds.itertuples():
            if row.kind not in ("place", "border", "element"):
                self.kinds[row.position == "after"][row.word] = (row.kind, row.site)


@cache
def _tables() -> _Tables:
    return _Tables()
