"""Names by ear: the places that a spelling can mean which nobody has written down."""

from collections import defaultdict
from functools import cached_property

import pandas as pd
from rapidfuzz import fuzz, process

from frontlines import folding, sounds

SETTLEMENTS = frozenset({"city", "town", "village"})
# spellings that we do not have are guessed at home and next door only
GUESSED = frozenset({"SYR", "LBN", "JOR", "IRQ", "TUR", "ISR", "PSE"})
# least likeness by number of consonants (the fewer, the more names share them) and by what is known beside
# the name: nothing; its country, or a word that says place; its governorate, or places near it. Measured on
# 7,593 names of villages, most of them not in the gazetteer, and on generated misspellings of names in it
_LEAST = (
    (1.0, 0.96, 0.93, 0.9, 0.87, 0.84, 0.8),
    (1.0, 0.96, 0.9, 0.86, 0.83, 0.8, 0.76),
    (1.0, 0.96, 0.82, 0.79, 0.77, 0.76, 0.72),
)
# towns and all that reports have named before are met so much more often that less likeness will do
_KNOWN_BONUS = 0.02
_OTHER_KEY = (0.0, 0.02, 0.06)  # more likeness is asked of a name that is a consonant away
_SAME_SOUND = 0.65
_FLOOR = 0.6  # nothing less alike is worth showing
_LATIN_END = "\u0600"
_NOTHING = (0.0, False)
_OTHER_SCRIPT = 0.92  # a name in another script has only its sound to be compared
_REMEMBERED = 100_000  # names whose answer is kept

Likely = list[tuple[int, float, bool]]


class Ear:
    """The names of places by their sound and its consonants; places are numbered as in the index."""

    def __init__(self, names: pd.DataFrame, kinds: list[str], countries: list[str], known: set[int]) -> None:
        self._known = known
        self._guessed = [c in GUESSED and k != "country" for c, k in zip(countries, kinds, strict=True)]
        self._heard: dict[str, tuple[int, Likely]] = {}
        # a number is not heard: "Branch 215" would sound like any branch
        names = names[~names["folded"].str.contains(r"\d")]
        # in GeoNames' transliteration of Arabic ş is an emphatic s, in Turkish it is sh
        plain = names["name"].where(
            names["lang"] != "und", names["name"].str.replace("ş", "s").str.replace("Ş", "S")
        )
        self.by_key: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
        heard = sounds.hear(plain.tolist())
        letters = map(_letters, names["folded"].tolist())
        entries = list(dict.fromkeys(zip(heard, letters, names["place"].tolist(), strict=True)))
        keys = sounds.skeleton("\n".join(e[0] for e in entries)).split("\n")
        for key, entry in zip(keys, entries, strict=False):  # of no names, one empty key
            self.by_key[key].append(entry)

    @cached_property
    def _near(self) -> dict[str, list[str]]:
        """Keys by what is left of them with one consonant out: keys one change apart share such a rest."""
        found: dict[str, list[str]] = defaultdict(list)
        for key in self.by_key:
            for rest in _rests(key):
                found[rest].append(key)
        return dict(found)

    def likely(self, name: str, *, told: int = 0) -> Likely:
        """
        Give the places that a name is alike enough to.

        Parameters
        ----------
        name
            A name that is not in the index.
        told
            What is known beside it: 0 nothing, 1 its country or that it is a place, 2 more.

        Returns
        -------
        list of tuple
            Place, likeness (0 to 1), whether the consonants are the same; best first.
        """
        size, found = self._all(name)
        least = _LEAST[told][min(size, 6)]
        other = _OTHER_KEY[told]
        return [x for x in found if x[1] >= least + other * (not x[2]) - _KNOWN_BONUS * (x[0] in self._known)]

    def similar(self, name: str) -> list[int]:
        """Give the five places with the most similar names, for a reader to choose from."""
        return [place for place, _, _ in self._all(name)[1][:5]]

    def _all(self, name: str) -> tuple[int, Likely]:
        if name not in self._heard:
            if len(self._heard) > _REMEMBERED:
                self._heard.clear()
            self._heard[name] = self._compared(name)
        return self._heard[name]

    def _compared(self, name: str) -> tuple[int, Likely]:
        """Compare sound and letters with the names of the same consonants, or of all but one."""
        sound, letters = sounds.sound(name), _letters(" ".join(folding.words(name)))
        key = sounds.skeleton(sound)
        rests, best = _rests(key), dict[int, tuple[float, bool]]()
        keys = {key, *(k for r in (key, *rests) for k in self._near.get(r, ())), *rests}
        arabic = letters[:1] > _LATIN_END
        entries = [(e, k == key) for k in keys if k in self.by_key for e in self.by_key[k]]
        alikes = process.extract(
            sound, [e[0] for e, _ in entries], scorer=fuzz.ratio, score_cutoff=100 * _FLOOR, limit=None
        )
        for _, alike, number in alikes:
            (_, written, place), same = entries[number]
            if not self._guessed[place]:
                continue
            if arabic == (written[:1] > _LATIN_END):
                # the same sound says more than likeness does
                heavy = _SAME_SOUND if alike == 100 else 0.5
                alike = heavy * alike + (1 - heavy) * fuzz.ratio(letters, written)
            else:
                alike *= _OTHER_SCRIPT
            if alike > best.get(place, _NOTHING)[0]:
                best[place] = alike, same
        ranked = sorted(best.items(), key=lambda x: (-x[1][0], x[0]))[:20]
        return len(key), [(place, alike / 100, same) for place, (alike, same) in ranked]


def _letters(folded: str) -> str:
    words = folded.split()
    return "".join([w for w in words if w not in folding.ARTICLES] or words)


def _rests(key: str) -> set[str]:
    return {key[:i] + key[i + 1 :] for i in range(len(key))} if len(key) > 3 else set()
