"""What refers back: the rebels, the group, the army, its embassy, a spokesman."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

from frontlines import data
from frontlines.actor_names import GLUE, Token, actors, is_state, proxies, small_words, tokenise
from frontlines.actor_persons import follow
from frontlines.actor_phrases import HEADS, Mention

_REBELS = frozenset(("HTS", "SNA", "FSA", "SOR", "SFA"))
_MONITORS = frozenset(("SOHR", "WHITE_HELMETS", "MONITOR"))
_ARMY = frozenset(("armee", "armée"))
_UNDER_ARMS = ("army", "troops")
_MEMORY = 200  # mentions that a word can reach back over: keeps long texts in linear time


def settle(tokens: list[Token], mentions: list[Mention], *, language: str) -> Iterator[Mention]:
    """
    Say whom the phrases mean that the words alone leave open.

    Parameters
    ----------
    tokens
        The words of the text.
    mentions
        Its phrases, in order.
    language
        The language of the text.

    Yields
    ------
    Mention
        The phrases that mean somebody, in order.

    Notes
    -----
    "The rebels" (definite or bare, not a label such as "terrorists") are those that the paragraph named in an
    earlier sentence, else `HTS` where the dispatch names it first of all groups, or once it has, else `OPP`.
    "The army" is that of the state whose army the paragraph named, else Syria's. The Free Syrian Army is
    `SFA` beside Tanf or Palmyra and with American backing, `SNA` with Turkish backing, and stays so until it
    is named otherwise.
    """
    mentions, persons = follow(tokens, mentions, language)
    settler = _Settler(tokens, language)
    settler.led = min((tokens[m.first].sentence for m in mentions if m.actors == ("HTS",)), default=None)
    groups = (m.actors for m in mentions if _REBELS.intersection(m.actors))
    if next(groups, ()) == ("HTS",):  # the first group that the text names: its headline means it too
        settler.led = 0
    settler.home = _at_home(tokens, mentions)
    cues: dict[int, str] = {}
    for mention in mentions:
        if mention.form == "context":
            cues.setdefault(tokens[mention.first].sentence, mention.name.actor)
    settler.behind = {id(mention): after for mention, after in pairwise(mentions)}
    for mention in mentions:
        if id(mention) in persons:
            mention.actors = persons[id(mention)].actors
        if mention.loaded:
            settler.accuse(mention)
        if mention.name.actor == "FSA":
            settler.free_army(mention, cues.get(tokens[mention.first].sentence, ""))
        elif mention.name.needs_context and settler.is_open(mention):
            settler.open(mention)
        if any(mention.actors):
            settler.named.append(mention)
            yield mention


class _Settler:
    def __init__(self, tokens: list[Token], language: str) -> None:
        self.tokens = tokens
        self.named: deque[Mention] = deque(maxlen=_MEMORY)
        self.led: int | None = None
        self.behind: dict[int, Mention] = {}
        self.accused: tuple[str, ...] = ()  # whom the text last called terrorists by name
        self.home: tuple[str, ...] = ()  # the state whose army "the army" is
        self.raised = ""  # what the Free Syrian Army meant when last named
        self.words = small_words(language)
        self.roles = {
            role: small_words(language, role)
            for role in ("definite", "indefinite", "possessive", "locative", "orders", "relative")
        }
        self.bare_nouns = language in ("en", "tr")

    def free_army(self, mention: Mention, cue: str) -> None:
        backed = proxies().get(mention.backer, "")
        if mention.actors == ("FSA",) and mention.name.needs_context:
            if backed in ("SNA", "SFA") or cue:
                mention.actors, mention.method = (backed if backed in ("SNA", "SFA") else cue,), "context"
            elif self.raised:
                mention.actors, mention.method = (self.raised,), "introduced"
        self.raised = "" if mention.actors == ("FSA",) else mention.actors[0]

    def is_open(self, mention: Mention) -> bool:
        """Tell whom the words alone leave open: "the army", "Foreign Ministry spokesman X"."""
        named = mention.form == "leader" and self._introduced(mention) == "bare"
        opens = ("description", "institution")
        return mention.form in opens or (named and mention.name.form in opens)

    def open(self, mention: Mention) -> None:
        sense, introduced = mention.name.sense, self._introduced(mention)
        after = self._named_behind(mention)
        if meant := after.actors if after else self._who_met(mention):
            mention.actors, mention.method = meant, "antecedent"
            return
        if sense == "rebel" and introduced == "indefinite" and self._adjective(mention):
            introduced = "definite"  # "une colonne rebelle", "un drone des rebelles"
        if sense == "rebel" or (sense == "gunmen" and introduced == "definite"):
            if mention.actors == ("OPP",) and introduced != "indefinite" and not mention.name.loaded:
                self._rebels(mention)
        elif sense == "gunmen" and (
            introduced == "indefinite" or not (self.bare_nouns or introduced != "bare")
        ):
            mention.actors = ()  # whoever they are
        elif mention.method != "name":
            return
        elif introduced == "possessive" and sense in HEADS:
            mention.actors, mention.method = self._subject(mention), "possessive"
        elif sense in ("group", "ngo", "polity"):
            found = self._noun_before(mention, sense) if introduced == "definite" else None
            mention.actors, mention.method = found.actors if found else (), "antecedent"
        elif sense in HEADS and sense not in ("official", "statemedia"):
            self._institution(mention, sense, introduced)

    def _who_met(self, mention: Mention) -> tuple[str, ...]:
        """Give whom "the three ministers" means: states whose leaders the sentence before names."""
        here, before = self.tokens[mention.first], self.tokens[max(0, mention.first - 2) : mention.first]
        leaders = mention.name.sense == "leader" and mention.method == "name"
        several = leaders and mention.first == mention.last and here.word.endswith("s")
        several = several and any(t.word in self.words for t in before[-1:])
        two = mention.name.sense == "two"  # "les deux hommes", "les deux pays"
        if not (two or (several and self.roles["definite"].keys() & _words(before))):
            return ()
        last = [m for m in self.named if self.tokens[m.first].sentence == here.sentence - 1]
        for forms in (("leader", "institution"), *((("name", "metonym"),) if two else ())):
            met = dict.fromkeys(one for m in last if m.form in forms for one in m.actors if is_state(one))
            if len(met) == 2 or (len(met) > 2 and not two):
                return tuple(met)
        return ()

    def _adjective(self, mention: Mention) -> bool:
        """Tell "a rebel column" in French, the noun before, or "a drone of the rebels" from "some rebels"."""
        theirs = bool(self.roles["definite"].keys() & _words(self.tokens[mention.first + 1 : mention.last]))
        before = self.tokens[mention.first - 1] if mention.first and not self.bare_nouns else None
        plain = mention.first == mention.last and self.tokens[mention.first].gap == " "
        return theirs or bool(before and plain and before.raw.islower() and before.word not in self.words)

    def accuse(self, mention: Mention) -> None:
        """Let "the terrorists" be those whom this text called so by their name before."""
        if mention.actors != ("OPP",):
            self.accused = mention.actors
        elif self.accused or any(self._is_pkk(m) for m in self.named):
            mention.actors, mention.method = self.accused or ("SDF",), "antecedent"
        elif (found := self._last(mention, "group")) and self._is_the_one(mention):
            mention.actors, mention.method = found.actors, "antecedent"
        elif self.led is not None and not set('"«“‘') & set(self.tokens[mention.first].gap):
            others = {a for m in self.named for a in m.actors if actors("type")[a] == "armed_group"} - {"HTS"}
            alone = () if others else ("HTS",)  # the only group that the text names
            mention.actors, mention.method = alone or mention.actors, "antecedent"

    def _is_the_one(self, mention: Mention) -> bool:
        """Tell "the terrorist organisation", the group named before, from "the terrorists"."""
        one = not self.tokens[mention.last].word.endswith("s")
        return one and self._introduced(mention) == "definite"

    def _is_pkk(self, mention: Mention) -> bool:
        """Tell a name such as "PKK/YPG", which only those use who mean it by "the terrorists" too."""
        said = _words(self.tokens[mention.first : mention.last + 1])
        return mention.actors == ("SDF",) and bool({"pkk", "kck"} & said)

    def _institution(self, mention: Mention, sense: str, introduced: str) -> None:
        definite = introduced == "definite" or sense == "speaker"
        before = self.tokens[max(0, mention.first - 3) : mention.first]
        commander = self._subject(mention) if self.roles["orders"].keys() & _words(before) else ()
        if commander:  # a minister orders the army of his own state
            mention.actors, mention.method = commander, "antecedent"
            return
        seat, body = self._seat(mention), sense not in ("leader", "speaker")
        if found := self._meant(mention, sense) if definite and not (seat and body) else None:
            mention.actors, mention.method = found.actors, "antecedent"
        elif seat and (definite or not body):
            mention.actors, mention.method = seat, "antecedent"
        elif not definite and not (self.bare_nouns and (introduced == "bare" or self._describes(mention))):
            mention.actors = ()
        elif self.home and sense in _UNDER_ARMS and not (mention.loaded or self._owned(mention)):
            mention.actors, mention.method = self.home, "introduced"
        elif mention.loaded and mention.name.actor:
            mention.method = "default"  # "regime jets" in a report from abroad
        elif state := self._usual_state(mention):
            mention.actors, mention.method = (state,), "antecedent"
        elif sense == "government" and not self._goes_on(mention):  # of the country that the text is about
            mention.actors, mention.method = ("SYR",), "default"
        else:
            mention.method = "default"

    def _meant(self, mention: Mention, sense: str) -> Mention | None:
        """Give the institution that the paragraph named, unless a word says that it is another."""
        found, noun = self._last(mention, sense, here=True), self.tokens[mention.first].word
        if found is None or (sense == "speaker" and (len(found.actors) > 1 or self._goes_on(mention))):
            return None  # "a spokesman for X"
        if sense in _UNDER_ARMS and self._owned(mention):
            return None  # "Bashar Assad's soldiers", "the troops of X": of none that is known on that day
        said = _words(self.tokens[found.first : found.last + 1])
        if noun in _ARMY and noun not in said:
            return None  # after "the Russian air force", "the army" is not Russia's
        return None if noun == "army" and {"security", "police"} & said else found

    def _owned(self, mention: Mention) -> bool:
        before = _words(self.tokens[max(0, mention.first - 1) : mention.first])
        return self.bare_nouns and (self._goes_on(mention) or before == {"s"})

    def _named_behind(self, mention: Mention) -> Mention | None:
        """Give who or what seat follows: "le ministre, Israël Katz", "le ministère de la Défense à Damas"."""
        after = None if self.bare_nouns else self.behind.get(id(mention))
        between = self.tokens[mention.last + 1 : after.first] if after else []
        if mention.name.sense == "leader":
            return after if after and after.form == "leader" and not between else None
        seat = [t.word for t in between if t.word in self.roles["locative"]] and len(between) == 1
        fits = seat and after and after.name.sense == "capital"
        return after if fits and mention.name.sense in ("ministry", "government") else None

    def _seat(self, mention: Mention) -> tuple[str, ...]:
        """Give the state that, or whose capital, stands before a comma: "À Bagdad, le gouvernement ..."."""
        here = self.tokens[mention.first].sentence
        for before in reversed(self.named):
            if self.tokens[before.first].sentence != here:
                break
            governed = before.first and self.tokens[before.first - 1].word in self.roles["locative"]
            seat = governed and before.name.sense in ("capital", "state")
            gap = self.tokens[before.last + 1].gap
            if seat and "," in gap and ")" not in gap:  # not "HTC (interdit en Russie), a déclaré"
                return before.actors
        return ()

    def _describes(self, mention: Mention) -> bool:
        """Tell "an army battalion", whose article is the battalion's, from "an army"."""
        after = self.tokens[mention.last + 1 : mention.last + 2]
        plain = bool(after) and after[0].gap == " " and after[0].raw.islower()
        return mention.name.sense == "army" and plain and after[0].word not in self.words

    def _goes_on(self, mention: Mention) -> bool:
        """Tell "the government of national unity" from "the government" and "the army, for its part"."""
        after = self.tokens[mention.last + 1 : mention.last + 2]
        return bool(after) and "," not in after[0].gap and after[0].word in ("of", "for", "de", "d", "du")

    def _usual_state(self, mention: Mention) -> str:
        """Give the state whose organs the text names most: of its ministry it writes "the ministry"."""
        speaks = "ministry" in _words(self.tokens[mention.first : mention.last + 1])
        if mention.name.sense not in ("ministry", "government") and not speaks:
            return ""
        organs = [m for m in self.named if m.form in ("institution", "leader") and m.name.sense != "army"]
        here = self.tokens[mention.first].paragraph if mention.name.sense == "speaker" else -1
        near = [m.actors[0] for m in organs if self.tokens[m.first].paragraph == here and len(m.actors) == 1]
        whose = near[:1] or [m.actors[0] for m in organs if m.method in ("pattern", "name")]
        states = Counter(one for one in whose if is_state(one))
        return states.most_common(1)[0][0] if states else ""

    def _rebels(self, mention: Mention) -> None:
        here = self.tokens[mention.first]
        nearest: Mention | None = None
        for before in reversed(self.named):
            token = self.tokens[before.first]
            if token.paragraph != here.paragraph:
                break
            # of the nearest sentence that names rebels, the first: its subject more often than not
            if nearest and token.sentence != self.tokens[nearest.first].sentence:
                break
            if token.sentence < here.sentence and _REBELS.intersection(before.actors):
                nearest = before
        if nearest:
            mention.actors, mention.method = nearest.actors, "antecedent"
        elif self.led is not None and self.led <= here.sentence:
            mention.actors, mention.method = ("HTS",), "introduced"

    def _last(self, mention: Mention, sense: str, *, here: bool = False) -> Mention | None:
        """Give the last mention that a word of this sense can refer back to, `here` in its paragraph."""
        nameless: Mention | None = None
        for before in reversed(self.named):
            if here and self.tokens[before.first].paragraph != self.tokens[mention.first].paragraph:
                break
            if _fits(before, sense):
                if before.actors != ("OPP",):
                    return before
                nameless = nameless or before
        return nameless

    def _noun_before(self, mention: Mention, sense: str) -> Mention | None:
        """Give whom the noun named before ("the organisation X ... the organisation"), or is said of."""
        last = self.tokens[mention.last]  # "le porte-parole du Commandement"
        noun = (last if last.raw[:1].isupper() else self.tokens[mention.first]).word
        if sense == "polity":
            return next((m for m in reversed(self.named) if not _called_so(noun).isdisjoint(m.actors)), None)
        for before in reversed(self.named):
            if _fits(before, "group") and noun in _words(self.tokens[before.first : before.last + 1]):
                return before
        return self._last(mention, sense)

    def _subject(self, mention: Mention) -> tuple[str, ...]:
        """
        Give whom "its" means, of the actors that no preposition governs.

        The last before it that no comma parts from it ("after the military withdrew its troops"), else the
        sentence's first ("Iran would help if Syria asked, its minister said"), else that of the one before.
        """
        here = self.tokens[mention.first]
        if self.tokens[mention.first - 1].word in ("his", "her") and (leader := self._person(here)):
            return leader
        clause = self._clause(mention.first)
        first: dict[int, Mention] = {}
        for before in reversed(self.named):
            token = self.tokens[before.first]
            if token.paragraph != here.paragraph or token.sentence < here.sentence - 1:
                break
            governed = before.first and self.tokens[before.first - 1].word in self.roles["locative"]
            gap = self.tokens[before.last + 1].gap  # the dateline: "ANKARA, 10 décembre", "Amman (agences)"
            heads = before.name.sense == "capital" and not self.bare_nouns
            heads = heads and (token.raw.isupper() or not set("(–—").isdisjoint(gap))
            if governed or heads or before.form in ("adjective", "demonym") or before.actors == ("CIV",):
                continue
            if before.first >= clause or self.tokens[clause].word in self.roles["relative"]:
                return before.actors  # "confirmed by the army, which said its units had left"
            first[token.sentence] = before
        chosen = first.get(here.sentence) or first.get(here.sentence - 1)
        return chosen.actors if chosen else ()

    def _person(self, here: Token) -> tuple[str, ...]:
        """Give whose "his army" is: of the leader that the sentence names first, else the paragraph."""
        near = [m for m in self.named if m.form == "leader"]
        near = [m for m in near if self.tokens[m.first].paragraph == here.paragraph]
        own = [m for m in near if self.tokens[m.first].sentence == here.sentence]
        return (own or near)[0].actors if near else ()

    def _clause(self, index: int) -> int:
        """Give the first token after the comma or stop before a token."""
        sentence = self.tokens[index].sentence
        while index and self.tokens[index - 1].sentence == sentence and "," not in self.tokens[index].gap:
            index -= 1
        return index

    def _introduced(self, mention: Mention) -> str:
        """Say how a phrase is introduced: ``definite``, ``indefinite``, ``possessive`` or ``bare``."""
        for index in range(mention.first - 1, max(-1, mention.first - 5), -1):
            word, after = self.tokens[index].word, self.tokens[index + 1]
            if self.tokens[index].sentence != after.sentence or not GLUE.fullmatch(after.gap):
                return "bare"
            if word in self.roles["indefinite"] or word.isdigit():
                return "indefinite"
            if word in self.roles["possessive"]:
                return "possessive"
            if word in self.roles["definite"]:
                if index and self.tokens[index - 1].word in self.roles["possessive"]:
                    return "possessive"  # "la Turquie, dont l'armée"
                return "indefinite" if word == "des" and self._partitive(index) else "definite"
            if self.words.get(word, "m") in ("x", "c", "d"):
                return "bare"
        return "bare"

    def _partitive(self, index: int) -> bool:
        """Tell "par des rebelles" (some rebels) from "l'avance des rebelles" (of the rebels)."""
        before = self.tokens[index - 1] if index else None
        if not before or before.sentence != self.tokens[index].sentence or self.tokens[index].gap.strip():
            return True
        seen = self.tokens[index - 2].word if index > 1 else ""  # "ont vu des hommes armés"
        return self.words.get(before.word) == "x" or seen in ("a", "ont", "avait", "avaient")


def _at_home(tokens: list[Token], mentions: list[Mention]) -> tuple[str, ...]:
    """Give the state of the dateline, if a side of its own and its army comes first: "JERUSALEM - IDF"."""
    seats = (m.actors for m in mentions if m.name.sense == "capital" and tokens[m.first].raw.isupper())
    armies = (m.actors for m in mentions if m.name.sense in (*_UNDER_ARMS, "seat") and any(m.actors))
    seat, first = next(seats, ()), next(armies, ())
    return seat if seat == first and seat and actors("side")[seat[0]] == seat[0] else ()


@cache
def _called_so(noun: str) -> frozenset[str]:
    """Give the states of whose names a noun is part: "kingdom", "sultanate"."""
    rows = data.table("codebook/actor_names")
    named = zip(rows["name"], rows["actor"], rows["lang"], strict=True)
    return frozenset(a for name, a, lang in named if a and noun in {t.word for t in tokenise(name, lang)})


def _fits(before: Mention, sense: str) -> bool:
    if sense == "group":
        return actors("type")[before.actors[0]] == "armed_group" or before.actors == ("OPP",)
    if sense == "ngo":
        return before.actors[0] in _MONITORS
    if sense == "speaker":
        return before.form == "institution" and before.method != "default"
    return before.form == "institution" and before.name.sense == sense and before.method == "pattern"


def _words(tokens: Iterable[Token]) -> set[str]:
    return {token.word for token in tokens}
