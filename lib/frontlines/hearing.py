"""Names by ear: the places that a spelling can mean which nobody has written down."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

import pandas as pd
from rapidfuzz import fuzz

from frontlines import sounds

SETTLEMENTS = frozenset({"city", "town", "village"})
# spellings that we do not have are guessed at home and next door only
GUESSED = frozenset({"SYR", "LBN", "JOR", "IRQ", "TUR", "ISR", "PSE"})
# least likeness by number of consonants, without and with a word beside the name that says place: the fewer
# the consonants, the more names share them (measured on 7,593 names of villages, most not in the gazetteer)
_SOUND_LEAST = {False: (1.0, 1.0, 0.97, 0.93, 0.88, 0.82), True: (1.0, 1.0, 0.97, 0.88, 0.82, 0.76)}
# towns and all that reports have named before are met so much more often that less likeness will do
_KNOWN_BONUS = 0.08
_FUZZY_LEAST = (2.0, 2.0, 2.0, 2.0, 0.9, 0.85)
_REMEMBERED = 100_000  # names whose answer is kept
_LIKELY_KINDS = SETTLEMENTS | {"neighbourhood", "crossing"}


class Ear:
    """The names of places by their sound and its consonants; places are numbered as in the index."""

    def __init__(self, names: pd.DataFrame, kinds: list[str], countries: list[str], known: set[int]) -> None:
        self._kinds, self._known = kinds, known
        self._guessed = [c in GUESSED and k != "country" for c, k in zip(countries, kinds, strict=True)]
        self._heard: dict[tuple[str, bool], list[tuple[int, float]]] = {}
        # in GeoNames' transliteration of Arabic ş is an emphatic s, in Turkish it is sh
        plain = names["name"].where(
            names["lang"] != "und", names["name"].str.replace("ş", "s").str.replace("Ş", "S")
        )
        self.by_key: dict[str, list[tuple[str, int]]] = defaultdict(list)
        heard = zip(sounds.hear(plain.tolist()), names["place"].tolist(), strict=True)
        for sound, place in dict.fromkeys(heard):
            self.by_key[sounds.skeleton(sound)].append((sound, place))

    @cached_property
    def _near(self) -> dict[str, list[str]]:
        """Keys by what is left of them with one consonant out: keys one change apart share such a rest."""
        found: dict[str, list[str]] = defaultdict(list)
        for key in self.by_key:
            for rest in _rests(key):
                found[rest].append(key)
        return dict(found)

    def by_sound(self, name: str, *, cue: bool = False) -> list[tuple[int, float]]:
        """Give places whose name sounds like this one, with the likeness (0 to 1), best first."""
        if (name, cue) not in self._heard:
            if len(self._heard) > _REMEMBERED:
                self._heard.clear()
            self._heard[name, cue] = self._by_sound(name, cue)
        return self._heard[name, cue]

    def _by_sound(self, name: str, cue: bool) -> list[tuple[int, float]]:
        sound = sounds.sound(name)
        key = sounds.skeleton(sound)
        least = _SOUND_LEAST[cue][min(len(key), 5)]
        likely = self._likest(sound, (key,), least - _KNOWN_BONUS)
        return [(p, s) for p, s in likely if s >= least or p in self._known]

    def by_likeness(self, name: str) -> list[tuple[int, float]]:
        """Give places whose name is a consonant away from this one, with the likeness, best first."""
        sound = sounds.sound(name)
        key = sounds.skeleton(sound)
        least = _FUZZY_LEAST[min(len(key), 5)]
        if least > 1:
            return []
        rests = _rests(key)
        keys = {k for rest in (key, *rests) for k in self._near.get(rest, ())}
        keys.update(k for k in rests if k in self.by_key)
        return [(p, s) for p, s in self._likest(sound, keys, least) if self._kinds[p] in _LIKELY_KINDS]

    def similar(self, name: str) -> list[tuple[int, float]]:
        """Give the five places with the most similar names, for a reader to choose from."""
        sound = sounds.sound(name)
        return self._likest(sound, (sounds.skeleton(sound),), 0.6)[:5]

    def _likest(self, sound: str, keys: Iterable[str], least: float) -> list[tuple[int, float]]:
        best: dict[int, float] = {}
        for other, place in (entry for key in keys for entry in self.by_key.get(key, ())):
            likeness = fuzz.ratio(sound, other, score_cutoff=100 * least) / 100
            if likeness > best.get(place, 0.0) and self._guessed[place]:
                best[place] = likeness
        return sorted(best.items(), key=lambda x: -x[1])


def _rests(key: str) -> set[str]:
    return {key[:i] + key[i + 1 :] for i in range(len(key))} if len(key) > 3 else set()
