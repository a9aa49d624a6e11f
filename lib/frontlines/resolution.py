"""From a name or a description to one place, or to the reason why not: by letter, fold, sound, likeness."""

from dataclasses import dataclass, replace

from frontlines import borderlines, codebook, descriptions, folding, readings, toponyms
from frontlines.descriptions import Description
from frontlines.errors import UnknownCodeError
from frontlines.toponyms import SETTLEMENTS, Choice, Hints, Index

# places of one name nearer to each other than this are the same for our purpose (a town and its district)
_SAME_KM = 20.0
_BESIDE_KM = 60.0  # no farther from the places named with it, or the name must be more alike
# by how much the first must be more prominent than the next: names written, names that sound the same
_LEAST_MARGIN, _LEAST_MARGIN_HEARD = 0.8, 2.0
_AS_ALIKE = 0.03  # so little less alike is as good
_TRUST = (0.65, 0.75, 0.85)  # in a name by ear: nothing told beside it, its country, its governorate
_AREAS = frozenset({"country", "governorate", "district", "region"})
_LONG = frozenset({"road", "river", "border"})  # told nearer by what they are told with
_POINTS = frozenset({"town", "village", "neighbourhood", "square", "site", "crossing"})
_HEARD_KINDS = SETTLEMENTS | {"neighbourhood", "crossing"}  # of a name a consonant away
_REMEMBERED = 100_000  # names whose answer is kept
_LONGEST = 300  # characters: what is longer is no name, and likeness would be sought in vain
_WIDER_KM = {"near": 5.0, "outskirts": 4.0}
_WIDER_KM |= dict.fromkeys(("north_of", "south_of", "east_of", "west_of"), 15.0)


@dataclass(frozen=True)
class Resolution:
    """What became of one description."""

    choice: Choice
    relation: str = ""
    bearing: float | None = None
    km: float = 0.0
    # of the distance, by which it may be wrong: a bearing in words is an eighth of the circle
    slack: float = 0.4


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
    written = index.exact.get(query, ()) if plain else ()
    if len(written) == 1:
        found = Resolution(Choice(written[0], 1.0, "exact", tuple(written)))
    else:
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
        return lat, lon, round(precision_km + (found.km or _WIDER_KM.get(found.relation, 0.0)), 1)
    there = descriptions.offset(lat, lon, bearing=found.bearing, km=found.km)
    return *there, round(precision_km + found.slack * found.km, 1)


def _kinds(kind: str) -> frozenset[str]:
    if not kind:
        return frozenset()
    allowed = codebook.vocabulary("kind")
    if kind not in allowed:
        raise UnknownCodeError(f"kind {kind!r} is not in the codebook; allowed: {', '.join(allowed)}")
    return SETTLEMENTS if kind in SETTLEMENTS else frozenset({kind})


def _described(index: Index, query: str, hints: Hints, first: Resolution) -> Resolution:
    told = descriptions.parse(query)
    if told.other:
        return _between(index, told, hints)
    within = _within(index, told, hints)
    whole = _by_name(index, told.head, replace(within, kinds=hints.kinds, site=""), exact=True)
    taken = whole.place >= 0 and not told.km and told.head != told.name
    choice, relation = (whole, "") if taken else (first.choice, told.relation)
    if told.name and not taken:
        choice = _by_name(index, told.name, within, exact=False)
    if choice.place < 0 or (told.beside and index.kinds[choice.place] in _LONG):
        choice, relation = _instead(index, told, hints, within, choice)
    choice = _inner(index, told, hints, choice)
    if choice.place < 0 and not choice.candidates and first.choice.candidates:
        choice = first.choice
    bearing = told.bearing if told.km else None
    return Resolution(choice, relation, bearing, told.km)


def _instead(
    index: Index, told: Description, hints: Hints, within: Hints, choice: Choice
) -> tuple[Choice, str]:
    """Give the place that an unnamed or unknown site is told by, if it is not told by a name of its own."""
    long = choice.place >= 0
    if not long and (border := borderlines.named(told.head, index)) >= 0:
        return Choice(border, 0.9, "border of the two named", (border,)), told.relation
    inner = descriptions.last_name(told.name) if choice.place < 0 else ""
    tries = [(inner, "the place it is at", told.relation, within)] if inner else []
    if not any(w[:1].isupper() or w[:1] > "\u0600" for w in told.name.split()) or long:
        for names, why, relation in ((told.container, "in", told.relation), (told.beside, "near", "near")):
            rest = replace(told, container=names[1:], beside=(), kind="", site="")
            around = _within(index, rest, hints)
            tries += [(name, f"the place it is {why}", relation, around) for name in names[:1]]
    for name, why, relation, around in tries:
        inside = _by_name(index, name, around, exact=False)
        if inside.place >= 0:
            return replace(inside, method=f"{inside.method}; {why}"), relation
    return choice, "" if long else told.relation


def _inner(index: Index, told: Description, hints: Hints, choice: Choice) -> Choice:
    """Give the last of "Syria, Aleppo, Manbij" where the parts go from the greater to the smaller."""
    written = choice.place >= 0 or choice.method.startswith(("exact", "folded"))
    point = any(index.kinds[p] in _POINTS for p in choice.candidates[:1])
    if len(told.parts) < 2 or told.relation or not written or point:
        return choice
    last = descriptions.parse(told.parts[-1])
    turned = replace(last, container=told.parts[-2::-1])
    inside = _by_name(index, last.name, _within(index, turned, hints), exact=choice.place < 0)
    smaller = inside.place >= 0 and inside.place != choice.place and index.kinds[inside.place] not in _AREAS
    if smaller and (choice.place < 0 or _holds(index, choice, inside.place)):
        return replace(inside, method=f"{inside.method}; the smallest of the parts")
    return choice


def _holds(index: Index, choice: Choice, place: int) -> bool:
    """Tell whether a country, a governorate or the town that it is named after holds a place."""
    areas = [p for p in choice.candidates if index.kinds[p] in ("country", "governorate")]
    return any(
        index.countries[p] == index.countries[place]
        and (index.kinds[p] == "country" or index.adm1[p] == index.adm1[place])
        for p in areas
    )


def _between(index: Index, told: Description, hints: Hints) -> Resolution:
    """Give the nearer-named of two places, with the way to the middle between them."""
    a, b = (_by_name(index, name, hints, exact=False) for name in (told.name, told.other))
    if a.place < 0 or b.place < 0:
        return Resolution(Choice(-1, 0.0, "between two places, one of them unknown", a.candidates))
    apart = toponyms.km(index.points[a.place], index.points[b.place])
    return Resolution(
        replace(a, method=f"{a.method}; half-way to {index.names_of[b.place]}"), "near",
        descriptions.toward(index.points[a.place], index.points[b.place]), round(apart / 2, 1), slack=1.0,
    )  # fmt: skip


def _within(index: Index, told: Description, hints: Hints) -> Hints:
    """Turn what contains the place into hints."""
    if told.kind:
        kinds = SETTLEMENTS if told.kind in SETTLEMENTS else frozenset({told.kind})
        hints = replace(hints, kinds=hints.kinds or kinds, site=told.site)
    for text in (*told.container, *told.beside):
        shorter = text.rpartition(" ")[0]
        for name in (text, shorter) if shorter else (text,):
            choice = _by_name(index, name, Hints(country=hints.country), exact=False)
            place = choice.place if choice.place >= 0 else _one_spot(index, choice)
            if place >= 0 and text in told.container:
                hints = _add_container(index, hints, place)
            elif place >= 0:
                hints = replace(hints, near=(*hints.near, (*index.points[place], 1.0)))
            if place >= 0:
                break
    return hints


def _one_spot(index: Index, choice: Choice) -> int:
    """Give the first of the places that an ambiguous name can mean if all lie in one spot."""
    points = [index.points[p] for p in choice.candidates]
    near = "ambiguous" in choice.method and all(toponyms.km(points[0], p) < _SAME_KM for p in points)
    return choice.candidates[0] if near else -1


def _add_container(index: Index, hints: Hints, place: int) -> Hints:
    if index.kinds[place] == "country":
        return replace(hints, country=hints.country or index.countries[place])
    near = (*hints.near, (*index.points[place], 1.0))
    return replace(
        hints,
        near=near,
        # places abroad carry no governorate
        adm1=hints.adm1 or (index.adm1[place] if index.countries[place] == "SYR" else ""),
        country=hints.country or index.countries[place],
    )


def _by_name(index: Index, name: str, hints: Hints, *, exact: bool) -> Choice:
    """Choose by the letters; else, if `exact` does not forbid it, by the sound."""
    last = Choice(-1, 0.0, "unknown name")
    for method, score, table in (("exact", 1.0, index.exact), ("folded", 0.97, index.folded)):
        written = name if method == "exact" else " ".join(folding.words(name))
        if written in table:
            last = _choose(index, table[written], hints, method, score, _LEAST_MARGIN)
            if last.place >= 0 or "ambiguous" in last.method:
                return last
    if exact:
        return last
    heard = _heard(index, name, hints, known=bool(last.candidates))
    if heard:
        _, best, same = heard[0]
        method, score = ("sound", best) if same else ("fuzzy", 0.85 * best)
        places = [p for p, alike, _ in heard if alike > best - _AS_ALIKE]
        score *= _TRUST[_told(hints)]
        choice = _choose(index, places, hints, method, round(score, 3), _LEAST_MARGIN_HEARD)
        if choice.place >= 0 or choice.candidates:
            return choice
    return last if last.candidates else replace(last, candidates=tuple(index.ear.similar(name)))


def _told(hints: Hints) -> int:
    return 2 if hints.adm1 or hints.near else 1 if hints.country else 0


def _heard(index: Index, name: str, hints: Hints, *, known: bool) -> list[tuple[int, float, bool]]:
    """Give the places that sound like a name and lie where the hints say, best first."""
    told = _told(hints)
    sure = {p for p, _, _ in index.ear.likely(name)} if told == 2 and not hints.adm1 else set()
    return [
        (place, alike, same)
        for place, alike, same in index.ear.likely(name, told=0 if known else told)
        if (same or index.kinds[place] in _HEARD_KINDS)
        and index.lies(place, hints)
        and (place in sure or told < 2 or hints.adm1 or _beside(index, place, hints))
    ]


def _beside(index: Index, place: int, hints: Hints) -> bool:
    return any(toponyms.km(index.points[place], (lat, lon)) < _BESIDE_KM for lat, lon, _ in hints.near)


def _choose(index: Index, places: list[int], hints: Hints, method: str, score: float, least: float) -> Choice:
    if hints.site:
        places = readings.words().sites_of(index, places, hints.site) or places
    choice = index.choose(places, hints, method, score)
    if choice.place < 0 or len(choice.candidates) < 2 or choice.margin >= least:
        return choice
    rivals = [p for p in choice.candidates[1:] if index.fits(p, hints)]
    apart = any(toponyms.km(index.points[choice.place], index.points[p]) > _SAME_KM for p in rivals)
    if not apart:
        return choice
    return Choice(-1, 0.0, f"{method}; ambiguous between {1 + len(rivals)}", choice.candidates)
