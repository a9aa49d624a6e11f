"""From a name or a description to one place, or to the reason why not: by letter, fold, sound, likeness."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from frontlines import codebook, descriptions, folding, readings, toponyms
from frontlines.descriptions import Description
from frontlines.errors import UnknownCodeError
from frontlines.toponyms import SETTLEMENTS, Choice, Hints, Index

# places of one name nearer to each other than this are the same for our purpose (a town and its district)
_SAME_KM = 20.0
_LEAST_MARGIN = 0.8
_REMEMBERED = 100_000  # names whose answer is kept
_LONGEST = 300  # characters: what is longer is no name, and likeness would be sought in vain
_WIDER_KM = {
    "near": 5.0,
    "outskirts": 4.0,
    "north_of": 10.0,
    "south_of": 10.0,
    "east_of": 10.0,
    "west_of": 10.0,
}


@dataclass(frozen=True)
class Resolution:
    """What became of one description."""

    choice: Choice
    relation: str = ""
    bearing: float | None = None
    km: float = 0.0


def resolve(
    index: Index, query: str, country: str, adm1: str, kind: str, near: tuple[tuple[float, float, float], ...]
) -> Resolution:
    """
    Resolve one name or description.

    Parameters
    ----------
    index
        The gazetteer's index.
    query
        The name or description.
    country, adm1, kind
        Hints; empty where unknown.
    near
        Points (latitude, longitude, weight) that the place is near to.

    Returns
    -------
    Resolution
        The choice, the relation, the bearing and distance.
    """
    if len(query) > _LONGEST:
        return Resolution(Choice(-1, 0.0, "longer than any name"))
    plain = not (country or adm1 or kind or near)
    known: Resolution | None = index.answers.get(query) if plain else None
    if known:
        return known
    hints = Hints(country, adm1, _kinds(kind), near=near)
    found = Resolution(_by_name(index, query, hints, exact=True))
    if found.choice.place < 0:
        found = _described(index, query, hints, found)
    if plain:
        if len(index.answers) > _REMEMBERED:
            index.answers.clear()
        index.answers[query] = found
    return found


def moved(found: Resolution, lat: float, lon: float, precision_km: float) -> tuple[float, float, float]:
    """
    Give the point and precision of a place with its relation.

    Parameters
    ----------
    found
        The resolution.
    lat, lon, precision_km
        Of the place itself.

    Returns
    -------
    tuple of float
        Latitude, longitude, precision in km.
    """
    if found.bearing is None or not found.km:
        return lat, lon, precision_km + _WIDER_KM.get(found.relation, 0.0)
    there = descriptions.offset(lat, lon, bearing=found.bearing, km=found.km)
    # a bearing in words is good to an eighth of the circle
    return *there, round(precision_km + 0.4 * found.km, 1)


def _kinds(kind: str) -> frozenset[str]:
    if not kind:
        return frozenset()
    allowed = codebook.vocabulary("kind")
    if kind not in allowed:
        raise UnknownCodeError(f"kind {kind!r} is not in the codebook; allowed: {', '.join(allowed)}")
    return SETTLEMENTS if kind in SETTLEMENTS else frozenset({kind})


def _described(index: Index, query: str, hints: Hints, first: Resolution) -> Resolution:
    told = descriptions.parse(query)
    if not told.name:
        return first
    within = _within(index, told, hints)
    choice = _by_name(index, told.name, within, exact=False)
    inner = descriptions.last_name(told.name)
    if choice.place < 0 and inner:
        inside = _by_name(index, inner, within, exact=False)
        choice = (
            replace(inside, method=f"{inside.method}; the place it is at") if inside.place >= 0 else choice
        )
    if choice.place < 0 and told.container and not any(w[:1].isupper() for w in told.name.split()):
        rest = replace(told, name=told.container[0], container=told.container[1:], kind="", site="")
        inside = _by_name(index, rest.name, _within(index, rest, hints), exact=False)
        choice = (
            replace(inside, method=f"{inside.method}; the place it is in") if inside.place >= 0 else choice
        )
    if choice.place < 0 and not choice.candidates and first.choice.candidates:
        choice = first.choice
    return Resolution(choice, told.relation, told.bearing, told.km)


def _within(index: Index, told: Description, hints: Hints) -> Hints:
    """Turn what contains the place into hints."""
    if told.kind:
        kinds = SETTLEMENTS if told.kind in SETTLEMENTS else frozenset({told.kind})
        hints = replace(hints, kinds=hints.kinds or kinds, site=told.site)
    for text in told.container:
        shorter = text.rpartition(" ")[0]
        for name in (text, shorter) if shorter else (text,):
            choice = _by_name(index, name, Hints(country=hints.country), exact=False)
            if choice.place >= 0:
                hints = _add_container(index, hints, choice.place)
                break
    return hints


def _add_container(index: Index, hints: Hints, place: int) -> Hints:
    if index.kinds[place] == "country":
        return replace(hints, country=hints.country or index.countries[place])
    near = (*hints.near, (*index.points[place], 1.0))
    return replace(
        hints,
        near=near,
        adm1=hints.adm1 or index.adm1[place],
        country=hints.country or index.countries[place],
    )


def _by_name(index: Index, name: str, hints: Hints, *, exact: bool) -> Choice:
    told = bool(hints.adm1 or hints.near)
    ways: list[tuple[str, float, Callable[[], list[tuple[int, float]]]]] = [
        ("exact", 1.0, lambda: [(p, 1.0) for p in index.exact.get(name, ())]),
        ("folded", 0.97, lambda: [(p, 1.0) for p in index.folded.get(" ".join(folding.words(name)), ())]),
    ]
    if not exact:
        ways += [
            ("sound", 0.85 if told else 0.65, lambda: index.ear.by_sound(name, cue=told)),
            ("fuzzy", 0.7 if told else 0.5, lambda: index.ear.by_likeness(name)),
        ]
    last = Choice(-1, 0.0, "unknown name")
    for method, score, way in ways:
        likely = way()
        if not likely:
            continue
        best = likely[0][1]
        choice = _choose(index, likely, hints, method, round(score * best, 3))
        if choice.place >= 0 or "ambiguous" in choice.method:
            return choice
        if not last.candidates:
            last = choice
    if exact or last.candidates:
        return last
    return replace(last, candidates=tuple(p for p, _ in index.ear.similar(name)))


def _choose(index: Index, likely: list[tuple[int, float]], hints: Hints, method: str, score: float) -> Choice:
    places = [p for p, s in likely if s > likely[0][1] - 0.04]
    if hints.site:
        places = readings.words().sites_of(index, places, hints.site) or places
    choice = index.choose(places, hints, method, score)
    if choice.place < 0 or len(choice.candidates) < 2 or choice.margin >= _LEAST_MARGIN:
        return choice
    rivals = [p for p in choice.candidates[1:] if index.fits(p, hints)]
    apart = any(toponyms.km(index.points[choice.place], index.points[p]) > _SAME_KM for p in rivals)
    if not apart:
        return choice
    return Choice(-1, 0.0, f"{method}; ambiguous between {1 + len(rivals)}", choice.candidates)
