"""Who is meant: the expressions for actors in a text, and the canonical id behind a name."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import pandas as pd
from rapidfuzz import fuzz, process

from frontlines import data
from frontlines.dispatch import LANGUAGES, paragraphs
from frontlines.errors import UnknownCodeError

COLUMNS = ["start", "end", "text", "actor", "form", "method", "score", "loaded"]
_WORD = re.compile(r"[\w\u0300-\u036f\u064b-\u0652\u0670]+")
_GLUE = re.compile(r"[^\S\n]*[\s\-‐‑–'’ʼ‘/][^\S\n]*|")  # what may stand between the words of one name
_SCORES = {"name": 1.0, "acronym": 1.0, "leader": 0.95, "institution": 0.95, "description": 0.9,
           "demonym": 0.7, "adjective": 0.5, "metonym": 0.5}  # fmt: skip
_METHOD_SCORES = {"pattern": 0.95, "context": 0.9, "introduced": 0.8, "antecedent": 0.7, "possessive": 0.7,
                  "default": 0.6}  # fmt: skip
_HEADS = {"army", "troops", "government", "leader", "ministry", "mission", "staff", "speaker", "official",
          "statemedia"}  # fmt: skip
_ANSWERS_FOR_ITSELF = {"people", "media", "source", "local", "side"}
_REBEL_FAMILY = {"HTS", "SNA", "FSA", "SOR", "SFA"}


@dataclass(frozen=True)
class _Name:
    actor: str
    lang: str
    form: str
    sense: str
    first: str
    last: str
    needs_context: bool
    exact: tuple[str, ...]
    capital: bool
    loaded: bool


@dataclass
class _Token:
    start: int
    end: int
    raw: str
    word: str
    gap: str  # what stands between the word before and this one
    paragraph: int
    sentence: int = 0


@dataclass
class _Mention:
    first: int
    last: int  # tokens, inclusive
    actors: tuple[str, ...]
    name: _Name
    form: str
    method: str
    loaded: bool
    backer: str = ""
    words: list[_Name] = field(default_factory=list)


@dataclass(frozen=True)
class _Grammar:
    """The small words of a language, and the shape of its noun phrases over the symbols of `_symbols`."""

    phrase: re.Pattern[str]
    head_last: bool
    words: dict[str, str]  # small word: its symbol (t determiner, d of, c and, x any other)
    definite: frozenset[str]
    indefinite: frozenset[str]
    possessive: frozenset[str]
    locative: frozenset[str]


# A adjective, S state, M capital, N other name, H institution (j: plural), h troops or staff, D description,
# G word for any group, P people and sources, d of, g 's, c and, k backed, b backed by, l led, p pro-, t determiner,
# m other word, z "of foreign affairs", x what ends a phrase
_JOINED = "(?:,c?|c)"
_BEFORE = "(?:[ASMN]k|[ASMNDHG]l|p[ASMN])"
_OWNER = rf"(?:A(?:{_JOINED}A)*m{{0,2}}|S(?:g?{_JOINED}S)+g(?=j)|[SMN]gm{{0,2}}|[SMN])"
_NOUNS_EN = rf"(?:{_BEFORE}m?)*(?:{_OWNER})?[HhjDG]+N?"
_PEOPLE_EN = rf"(?:{_BEFORE}m?)*(?:{_OWNER})?[HhjDG]*P+N?"
_CORE_EN = rf"(?:{_NOUNS_EN}|(?:{_BEFORE}m?)+A?N|[AS]g?N|[ASMN])"
_PHRASE_EN = rf"(?:{_PEOPLE_EN}|(?:jdt?S(?:{_JOINED}t?S)+|{_NOUNS_EN}(?:dt{{0,2}}m?{_CORE_EN})*|{_CORE_EN})(?:,?bt?[SMN])?)"
_NOUNS_FR = rf"[HhjDG]+(?:m{{0,2}}(?:A(?:(?:{_JOINED})?A)*|p[ASMNDH]))?(?:mA)?z?(?:(?<=G)m)?N?"
_PEOPLE_FR = rf"P+(?:m{{0,2}}A(?:(?:{_JOINED})?A)*)?N?"
_OF_FR = rf"(?:dt{{0,2}}m?(?:{_NOUNS_FR}|N|(?<![hDG]d)(?<![DG]dt)[SM]))"
_PHRASE_FR = rf"(?:{_PEOPLE_FR}|(?:[Hj]dt?S(?:{_JOINED}dt?S)+|{_NOUNS_FR}{_OF_FR}*|[ASMN])(?:,?bt?[SMN])?)"
_PHRASE_AR = rf"(?:{_PEOPLE_FR}|[HhjDG]+(?:m?A(?:c?A)*|[SMN]|)(?:dt?(?:[HhjDG]+(?:m?A)?|[SMN]))*|[ASMN])"


def _words(**kinds: str) -> dict[str, str]:
    return {word: symbol for symbol, words in kinds.items() for word in words.split()}


_GRAMMARS = {
    "en": _Grammar(
        re.compile(_PHRASE_EN), True,
        _words(t="the a an this that these those its their his her our any all some each every both same",
               d="of", c="and or", x=(
                   "in on at to from by for with as into over near after before since until while when where who "
                   "which whom whose what is are was were be been being has have had do does did will would could "
                   "should may might must can not no but if then than so because though although against between "
                   "among under about around across along toward towards through during within without it they he "
                   "she we you i them him us me there here s t said says saying told tells also still only even "
                   "more most very just out up down off"
               )),
        frozenset("the this that these those its their his her said same such all both".split()),
        frozenset("a an some several other another many more few various two three four five six seven dozens "
                  "hundreds thousands unknown unidentified certain any no".split()),
        frozenset("its their his her".split()),
        frozenset("in into to from near for with at on over across through towards toward inside of".split()),
    ),
    "fr": _Grammar(
        re.compile(_PHRASE_FR), False,
        _words(t="le la les l un une ce cet cette ces son sa ses leur leurs mêmes même tous toutes memes meme",
               d="de d du des", c="et ou", x=(
                   "à a au aux en dans sur sous par pour avec sans vers chez contre entre depuis avant apres pendant "
                   "qui que qu dont ou quand si mais donc car ni ne n pas plus est sont etait etaient ete etre a ont "
                   "avait avaient avoir sera seront serait fut il elle ils elles on se s y lui leur nous vous je c "
                   "cela ca tout toute tres aussi encore deja selon lors comme alors ainsi moins afin jusqu puis "
                   "soit doit doivent peut peuvent va vont fait font"
               )),
        frozenset("le la les l ce cet cette ces du au aux son sa ses leur leurs des".split()),
        frozenset("un une quelques plusieurs autres certains certaines divers diverses deux trois quatre cinq "
                  "dizaines centaines milliers aucun aucune inconnus".split()),
        frozenset("son sa ses leur leurs".split()),
        frozenset("en au aux à a de d du dans vers sur depuis par avec pour contre entre".split()),
    ),
    "ar": _Grammar(
        re.compile(_PHRASE_AR), False,
        _words(t="هذه هذا تلك ذلك", d="من", c="و", x="في على الى الي عن ان انه انها التي الذي بعد قبل مع بين قال قالت كما"),
        frozenset(), frozenset(), frozenset(), frozenset("في الى الي من على".split()),
    ),
    "tr": _Grammar(
        re.compile(_PHRASE_EN), True,
        _words(t="bu o şu", c="ve veya", x="ile için gibi da de ki ama en çok daha olarak olan sonra önce göre dedi"),
        frozenset(), frozenset("bir bazi diger".split()), frozenset(), frozenset(),
    ),
}  # fmt: skip


def find(text: str, *, language: str, published: date | None = None) -> pd.DataFrame:
    """
    Find the expressions that mean an actor.

    Parameters
    ----------
    text
        The raw text; offsets count its characters.
    language
        ``fr``, ``en``, ``ar`` or ``tr``.
    published
        Day of publication (UTC+3): names that did not hold on it are left out. Without it all hold.

    Returns
    -------
    pandas.DataFrame
        One row an expression and actor ("the Chinese and Russian embassies": two rows with one span), by start:
        start, end, text (the very words), actor (id of `actors.csv`), form (of `actor_names.csv`), method, score
        (0-1), loaded (``yes`` where the words take sides: quote them, never repeat them). Country names (form
        ``name``), capitals (``metonym``), adjectives and demonyms are candidates: syntax decides whether they act.
        Method: ``name`` (a row of the table), ``pattern`` (an institution or group with whose it is), ``context``
        (Free Syrian Army with Tanf, Palmyra or a backer), ``introduced`` (the rebels, once Hayat Tahrir al-Sham
        was named), ``antecedent`` (refers back), ``possessive`` ("its embassy"), ``default`` ("the army": of Syria).

    Raises
    ------
    UnknownCodeError
        If the language is not one of the four.
    """
    if language not in _GRAMMARS:
        raise UnknownCodeError(f"language was {language!r} but actors are found in {', '.join(LANGUAGES)}")
    day = published.isoformat() if published else ""
    tokens = _tokens(text, language)
    mentions = list(_mentions(tokens, _matches(tokens, _lexicon(language), language, day), language))
    rows = []
    for mention in _refer(mentions, tokens, _GRAMMARS[language]):
        start, end = tokens[mention.first].start, _full_stop(text, tokens[mention.last])
        score = _METHOD_SCORES.get(mention.method, _SCORES.get(mention.form, 0.9))
        rows.extend(
            (
                start,
                end,
                text[start:end],
                actor,
                mention.form,
                mention.method,
                score,
                "yes" if mention.loaded else "",
            )
            for actor in mention.actors
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def resolve(names: Iterable[str], *, day: date | None = None) -> pd.DataFrame:
    """
    Resolve names of actors, in any of the four languages, one by one.

    Parameters
    ----------
    names
        Names, acronyms, ids, or short expressions such as ``"l'ambassade d'Irak"``.
    day
        The day (UTC+3) on which the name was used; without it the first that ever held.

    Returns
    -------
    pandas.DataFrame
        One row a name, in order: query, actor (ids joined by ``;``), name (English), side (on that day), score
        (0-1), method (``id``, a form of `actor_names.csv`, a method of `find`, or ``fuzzy``); empty where unknown.
    """
    rows = []
    for query in names:
        actors, score, method = _resolve(str(query), day)
        sides = dict.fromkeys(side(actor, day) for actor in actors)
        known = _actors().drop_duplicates("actor").set_index("actor")["name_en"]
        rows.append(
            (
                query,
                ";".join(actors),
                ";".join(known[list(actors)]),
                ";".join(filter(None, sides)),
                score,
                method,
            )
        )
    return pd.DataFrame(rows, columns=["query", "actor", "name", "side", "score", "method"])


def side(actor: str, day: date | None = None) -> str:
    """
    Give the side that an actor stands on.

    Parameters
    ----------
    actor
        An id of `data/codebook/actors.csv`.
    day
        The day (UTC+3); without it the first row of the actor holds.

    Returns
    -------
    str
        An id of `data/codebook/sides.csv`, or ``""``: ``SYR`` is ``GOV`` to 7 December 2024, nobody's on 8 and 9
        December, ``HTS`` (the caretaker government) from 10 December.

    Raises
    ------
    UnknownCodeError
        If the actor is not in the table.
    """
    rows = _actors()
    rows = rows[rows["actor"] == actor]
    if rows.empty:
        raise UnknownCodeError(f"actor was {actor!r} but is expected to be an id of data/codebook/actors.csv")
    if day is None:
        return str(rows["side"].iloc[0])
    held = rows[[_holds(row.valid_from, row.valid_to, day.isoformat()) for row in rows.itertuples()]]
    return str(held["side"].iloc[0]) if len(held) else ""


@cache
def _actors() -> pd.DataFrame:
    return data.table("codebook/actors")


@cache
def _kinds() -> dict[str, str]:
    frame = _actors()
    return dict(zip(frame["actor"], frame["type"], strict=True))


@cache
def _states() -> frozenset[str]:
    frame = _actors()
    return frozenset(frame.loc[frame["type"] == "state", "actor"])


@cache
def _proxies() -> dict[str, str]:
    frame = _actors()
    frame = frame[frame["backed_by"] != ""]
    return dict(zip(frame["backed_by"], frame["actor"], strict=True))


@cache
def _lexicon(language: str | None) -> dict[str, Any]:
    """Build the trie of all names that can occur in a text of the language; the key ``""`` holds the rows."""
    trie: dict[str, Any] = {}
    for row in data.table("codebook/actor_names").itertuples():
        state = row.actor in _states() and row.form != "leader"
        own = row.form in ("name", "leader") and row.lang != "ar" and not state
        if language not in (row.lang, None) and row.lang != "und" and not own:
            continue
        words = [token.raw for token in _tokens(row.name, row.lang)]
        node = trie
        for token in _tokens(row.name, row.lang):
            node = node.setdefault(token.word, {})
        node.setdefault("", []).append(
            _Name(row.actor, row.lang, row.form, row.sense, row.valid_from, row.valid_to,
                  row.needs_context == "yes", tuple(words) if row.case_sensitive else (),
                  state and words[0][:1].isupper() and row.form in ("name", "metonym"), row.loaded == "yes")
        )  # fmt: skip
    return trie


def _fold(word: str, language: str) -> str:
    folded = unicodedata.normalize("NFKD", word.casefold().replace("ı", "i").replace("œ", "oe"))
    folded = "".join(c for c in folded if not unicodedata.combining(c)).replace("ـ", "")
    if language == "ar" or "\u0600" <= folded[:1] <= "\u06ff":
        folded = folded.replace("ى", "ي").replace("ة", "ه").removeprefix("ال") if len(folded) > 4 else folded
    return _SPELLINGS.get(folded, folded)


_SPELLINGS = {
    **dict.fromkeys("mohammad mohamed mohamad muhammad muhammed muhamad mohamet".split(), "mohammed"),
    **dict.fromkeys("bachar beshar".split(), "bashar"), "ahmad": "ahmed", "abou": "abu", "al": "al", "el": "al",
}  # fmt: skip


def _tokens(text: str, language: str) -> list[_Token]:
    starts = [row.start for row in paragraphs(text).itertuples()]
    tokens: list[_Token] = []
    sentence, before = 0, 0
    for match in _WORD.finditer(text):
        gap = text[before : match.start()]
        paragraph = bisect_right(starts, match.start())
        if tokens and (
            paragraph != tokens[-1].paragraph
            or (re.search(r"[.!?…؟][\s\"”»)]", gap) and not (gap[0] == "." and len(tokens[-1].raw) == 1))
        ):
            sentence += 1
        before = match.end()
        tokens.append(
            _Token(match.start(), match.end(), match[0], _fold(match[0], language), gap, paragraph, sentence)
        )
    return tokens


def _matches(
    tokens: list[_Token], trie: dict[str, Any], language: str, day: str
) -> Iterator[tuple[int, int, _Name]]:
    """Walk the trie from each word, take the longest name that holds, and go on after it."""
    position = 0
    while position < len(tokens):
        node, last, found = trie, position, None
        for index in range(position, len(tokens)):
            following = _step(node, tokens[index].word, language)
            if following is None or (index > position and not _joins(tokens, index)):
                break
            node = following
            held = [name for name in node.get("", ()) if _usable(name, tokens[position : index + 1], day)]
            if held:
                last, found = index, max(held, key=lambda name: (bool(name.exact), name.lang == language))
        if found:
            yield position, last, found
        position = last + 1


def _step(node: dict[str, Any], word: str, language: str) -> dict[str, Any] | None:
    if word in node:
        return node[word]  # type: ignore[no-any-return]
    if language == "ar" and len(word) > 3 and word[0] in "وفبلك":
        return node.get(word[1:].removeprefix("ال")) or node.get(word[2:] if word.startswith("لل") else "-")
    if language == "tr":
        for cut in range(1, min(6, len(word) - 3)):
            if word[:-cut] in node and _SUFFIX.fullmatch(word[-cut:]):
                return node[word[:-cut]]  # type: ignore[no-any-return]
    return None


_SUFFIX = re.compile(
    r"(?:n?[iu]n|n?[iu]|y?[iu]|n?[ae]|[nyd]?d[ae]n?|t[ae]n?|y?l[ae]|l[ae]r|s[iu]|n|nd[ae]n?)+"
)


def _joins(tokens: list[_Token], index: int) -> bool:
    gap = tokens[index].gap
    return bool(_GLUE.fullmatch(gap)) or (
        gap[:1] == "." and len(tokens[index - 1].raw) <= 2 and len(gap) <= 2
    )


def _usable(name: _Name, tokens: list[_Token], day: str) -> bool:
    if name.exact and tuple(token.raw for token in tokens) != name.exact:
        return False
    if name.capital and tokens[0].raw[:1].islower():
        return False
    return not day or _holds(name.first, name.last, day)


def _holds(first: str, last: str, day: str) -> bool:
    return (not first or first <= day) and (not last or day <= last)


def _full_stop(text: str, token: _Token) -> int:
    """Take in the last point of "the U.S."."""
    dotted = len(token.raw) == 1 and token.raw.isupper() and text[token.start - 1 : token.start] == "."
    return token.end + (1 if dotted and text[token.end : token.end + 1] == "." else 0)


def _symbol(name: _Name, tokens: list[_Token], first: int, last: int) -> str:
    plain = {"backing": {"by": "b", "pro": "p"}.get(name.sense, "k"), "link": "l" if name.sense == "led" else "d",
             "tail": "z", "context": "x", "metonym": "M", "adjective": "A", "demonym": "S"}  # fmt: skip
    if name.sense == "none":
        return "x"
    if name.form in plain:
        symbol = plain[name.form]
        hyphen = symbol not in "kl" or name.lang != "en" or tokens[first].gap in ("-", "‑", "‐")
        return symbol if hyphen else "x"
    if name.sense in _HEADS:
        plural = tokens[last].raw.casefold().endswith("s") and name.sense in ("leader", "ministry", "mission")
        return "h" if name.sense in ("troops", "staff") else "j" if plural else "H"
    if name.form == "description":
        return "G" if name.sense == "group" else "P" if name.sense in ("people", "media", "source") else "D"
    return "S" if name.actor in _states() and name.form in ("name", "acronym") else "N"


def _symbols(
    tokens: list[_Token], matches: Iterable[tuple[int, int, _Name]], language: str
) -> tuple[str, list[tuple[int, int, _Name | None]]]:
    """Write the text as a string of symbols, one a name, small word or stop, with what each stands for."""
    words = _GRAMMARS[language].words
    symbols: list[str] = []
    owners: list[tuple[int, int, _Name | None]] = []
    index = 0
    pending = iter(matches)
    coming = next(pending, None)
    while index < len(tokens):
        token = tokens[index]
        stop = _stop(tokens, index)
        if stop:
            symbols.append(stop)
            owners.append((index, index - 1, None))
        if coming and coming[0] == index:
            symbols.append(_symbol(coming[2], tokens, coming[0], coming[1]))
            owners.append(coming)
            index, coming = coming[1] + 1, next(pending, None)
            continue
        genitive = token.gap in ("'", "’") and (
            token.word == "s" or (language == "tr" and len(token.word) < 5)
        )
        other = "m" if token.raw[0].isalpha() and (token.raw[0].islower() or token.raw.isupper()) else "x"
        symbols.append("g" if genitive and index else words.get(token.word, other))
        owners.append((index, index, None))
        index += 1
    return "".join(symbols), owners


def _stop(tokens: list[_Token], index: int) -> str:
    if not index:
        return ""
    gap, before = tokens[index].gap, tokens[index - 1]
    if before.paragraph != tokens[index].paragraph or before.sentence != tokens[index].sentence:
        return "."
    if gap.strip() == ".":
        return "" if len(before.raw) == 1 else "."
    return (
        ""
        if _GLUE.fullmatch(gap)
        and gap.strip() in ("", "'", "’", "-", "‐", "‑", "/", "ʼ")
        and (gap.strip() == "" or gap == gap.strip())
        else ","
        if gap.strip() == ","
        else "."
    )


def _mentions(
    tokens: list[_Token], matches: Iterable[tuple[int, int, _Name]], language: str
) -> Iterator[_Mention]:
    grammar = _GRAMMARS[language]
    symbols, owners = _symbols(tokens, matches, language)
    position = 0
    while position < len(symbols):
        match = grammar.phrase.match(symbols, position)
        if match and match.end() > position:
            parts = [(symbols[i], owners[i]) for i in range(position, match.end())]
            yield _decide(parts, grammar)
            position = match.end()
        else:
            name = owners[position][2]
            if name and name.form == "context":
                yield _Mention(owners[position][0], owners[position][1], (), name, "context", "", False)
            position += 1


def _decide(parts: list[tuple[str, tuple[int, int, _Name | None]]], grammar: _Grammar) -> _Mention:
    """Say whose a phrase is: the last of its links that names somebody, unless its noun answers for itself."""
    symbols = "".join(symbol for symbol, _ in parts)
    named = [(symbol, span[2]) for symbol, span in parts if span[2]]
    names = [name for _, name in named if name]
    backer = ""
    if "b" in symbols:
        backer = names[-1].actor
        parts = parts[: symbols.index("b")]
    if re.fullmatch(r"[Hj]dt?S.*[,c].*S", symbols):
        deciding, actors, method = (
            names[0],
            tuple(name.actor for symbol, name in named if name and symbol == "S"),
            "pattern",
        )
    else:
        cores: list[list[tuple[str, _Name | None]]] = [[]]
        for symbol, span in parts:
            if symbol == "d":
                cores.append([])
            else:
                cores[-1].append((symbol, span[2]))
        decided = [_whose(core, grammar, backer if index == 0 else "") for index, core in enumerate(cores)]
        chosen = [one for one in decided if one[1]] or decided
        deciding, actors, method = chosen[-1]
        if len(cores) > 1 and chosen[-1] is not decided[0] and actors:
            method = "pattern" if method == "name" else method
    first, last = parts[0][1][0], max(span[1] for _, span in parts)
    if backer and deciding.actor != "FSA":
        last = max(span[1] for _, span in parts)
    return _Mention(
        first, last, tuple(dict.fromkeys(actors)), deciding, _form(deciding, names[0], method), method,
        any(name.loaded for name in names), backer, names,
    )  # fmt: skip


def _form(deciding: _Name, head: _Name, method: str) -> str:
    if (
        method != "pattern"
        or deciding.form in ("leader", "acronym")
        or (deciding.form == "name" and deciding.sense == "group")
    ):
        return deciding.form
    return "institution" if head.sense in _HEADS or deciding.sense in _HEADS else "description"


def _whose(
    core: list[tuple[str, _Name | None]], grammar: _Grammar, backer: str
) -> tuple[_Name, tuple[str, ...], str]:
    """Decide one link of a phrase: its deciding name, the actors (none if the words around must say), why."""
    owners: list[_Name] = []
    nouns: list[_Name] = []
    pro = False
    for symbol, name in core:
        if symbol == "k" and owners:
            backer = owners.pop().actor
        elif symbol == "p":
            pro = True
        elif name and symbol in "HhjDGP":
            nouns.append(name)
        elif name and symbol == "N" and nouns and not pro:
            return name, (name.actor,), "pattern"  # in apposition: the group Hayat Tahrir al-Sham
        elif name and symbol in "ASMN" and pro:
            backer, pro = name.actor, False
        elif name and symbol in "ASMN":
            owners.append(name)
    if not nouns:
        own = owners[-1]
        if own.actor == "FSA" and (backer or len(owners) > 1):
            backer = _proxies().get(backer or owners[0].actor, backer or owners[0].actor)
            return own, (backer if backer in ("SNA", "SFA") else "FSA",), "context"
        return own, (own.actor,), "name"
    head = nouns[-1] if grammar.head_last else nouns[0]
    answering = [noun for noun in nouns if noun.sense in _ANSWERS_FOR_ITSELF]
    groups = [owner for owner in owners if owner.actor not in _states() and owner.sense != "loaded"]
    if answering:
        return answering[0], (answering[0].actor,), "name"
    if head.sense in _HEADS:
        if owners and owners[0].sense != "loaded":
            return head, tuple(owner.actor for owner in owners), "pattern"
    elif groups:
        return (groups[-1] if groups[-1].actor == "OPP" else head), (groups[-1].actor,), "pattern"
    if backer:
        return head, (_proxies().get(backer, "SYR" if backer == "SYR" else head.actor),), "pattern"
    if head.sense == "group" and owners:
        return (owners[0], ("OPP",), "pattern") if owners[0].sense == "loaded" else (head, (), "name")
    default = next((noun for noun in nouns if noun.actor), None)
    return (default, (default.actor,), "name") if default else (head, (), "name")


def _refer(mentions: list[_Mention], tokens: list[_Token], grammar: _Grammar) -> Iterator[_Mention]:
    """Settle in order what refers back: the rebels, the group, the army, its embassy, a spokesman."""
    settled: list[_Mention] = []
    raised = ""
    led = {tokens[m.first].sentence for m in mentions if m.actors == ("HTS",)}
    for mention in mentions:
        sentence = tokens[mention.first].sentence
        if mention.actors == ("FSA",) and mention.name.needs_context:
            _settle_fsa(
                mention,
                [m for m in mentions if m.form == "context" and tokens[m.first].sentence == sentence],
                raised,
            )
        if mention.name.actor == "FSA":
            raised = mention.actors[0] if mention.method in ("context", "introduced") else ""
        if mention.method == "name" and (
            mention.name.needs_context and mention.form in ("description", "institution")
        ):
            _settle(mention, settled, tokens, grammar, bool(led) and min(led) <= sentence)
        elif mention.actors == ("OPP",) and mention.name.sense == "rebel" and mention.name.needs_context:
            _settle(mention, settled, tokens, grammar, bool(led) and min(led) <= sentence)
        if mention.actors and mention.actors != ("",):
            settled.append(mention)
            yield mention


def _settle_fsa(mention: _Mention, cues: list[_Mention], raised: str) -> None:
    backed = _proxies().get(mention.backer, "")
    if backed in ("SNA", "SFA"):
        mention.actors, mention.method = (backed,), "context"
    elif cues:
        mention.actors, mention.method = (cues[0].name.actor,), "context"
    elif raised:
        mention.actors, mention.method = (raised,), "introduced"


def _settle(
    mention: _Mention, settled: list[_Mention], tokens: list[_Token], grammar: _Grammar, led: bool
) -> None:
    sense = mention.name.sense
    determiner = _determiner(mention, tokens, grammar)
    if sense == "rebel":
        if determiner != "indefinite" and not mention.name.loaded:
            _settle_rebels(mention, settled, tokens, led)
    elif determiner == "possessive" and sense in _HEADS:
        owner = _subject(mention, settled, tokens, grammar)
        mention.actors, mention.method = owner, "possessive" if owner else "default"
    elif sense in ("group", "ngo"):
        named = _same_noun(mention, settled, tokens) if sense == "group" else ()
        mention.actors = () if determiner != "definite" else named or _last(mention, settled, sense)
        mention.method = "antecedent"
    elif sense == "speaker":
        mention.actors, mention.method = _last(mention, settled, sense, tokens), "antecedent"
    elif sense in _HEADS and sense not in ("official", "statemedia"):
        before = _last(mention, settled, sense, tokens) if determiner == "definite" else ()
        bare = determiner == "definite" or (determiner == "bare" and grammar.head_last)
        mention.actors = before or (mention.actors if bare else ())
        mention.method = "antecedent" if before else "default"


def _settle_rebels(mention: _Mention, settled: list[_Mention], tokens: list[_Token], led: bool) -> None:
    here = tokens[mention.first]
    rebels = [
        m for m in settled if set(m.actors) & _REBEL_FAMILY and tokens[m.first].paragraph == here.paragraph
    ]
    rebels = [m for m in rebels if tokens[m.first].sentence < here.sentence]
    if rebels:
        # of the nearest sentence that names rebels, the first: its subject more often than not
        nearest = tokens[rebels[-1].first].sentence
        mention.actors = next(m.actors for m in rebels if tokens[m.first].sentence == nearest)
        mention.method = "antecedent"
        return
    if led:
        mention.actors, mention.method = ("HTS",), "introduced"


def _last(
    mention: _Mention, settled: list[_Mention], sense: str, tokens: list[_Token] | None = None
) -> tuple[str, ...]:
    """Give the actors of the last mention that a word of this sense can refer back to."""
    fitting = (m for m in reversed(settled) if _fits(m, sense))
    for before in fitting:
        if tokens and tokens[before.first].paragraph != tokens[mention.first].paragraph:
            break
        return before.actors
    return ()


def _fits(before: _Mention, sense: str) -> bool:
    if sense == "group":
        return _kinds()[before.actors[0]] == "armed_group" or before.actors == ("OPP",)
    if sense == "ngo":
        return before.actors[0] in ("SOHR", "WHITE_HELMETS", "MONITOR")
    if sense == "speaker":
        return before.form == "institution" and before.method != "default"
    return before.form == "institution" and before.name.sense == sense and before.method == "pattern"


def _same_noun(mention: _Mention, settled: list[_Mention], tokens: list[_Token]) -> tuple[str, ...]:
    """Give the group that the same noun named before: "the organisation X ... the organisation"."""
    noun = tokens[mention.first].word
    for before in reversed(settled):
        if _fits(before, "group") and noun in (t.word for t in tokens[before.first : before.last + 1]):
            return before.actors
    return ()


def _subject(
    mention: _Mention, settled: list[_Mention], tokens: list[_Token], grammar: _Grammar
) -> tuple[str, ...]:
    """Give whom "its" means: the first actor of the sentence that no preposition governs."""
    sentence = tokens[mention.first].sentence
    for wanted in (sentence, sentence - 1):
        for before in settled:
            token = tokens[before.first]
            if token.sentence != wanted or token.paragraph != tokens[mention.first].paragraph:
                continue
            governed = before.first > 0 and tokens[before.first - 1].word in grammar.locative
            if not governed and before.form not in ("adjective", "demonym") and before.name.sense != "people":
                return before.actors
    return ()


def _determiner(mention: _Mention, tokens: list[_Token], grammar: _Grammar) -> str:
    """Say how a phrase is introduced: ``definite``, ``indefinite``, ``possessive`` or ``bare``."""
    for index in range(mention.first - 1, max(-1, mention.first - 5), -1):
        word, gap = tokens[index].word, tokens[index + 1].gap
        if not _GLUE.fullmatch(gap) or tokens[index].sentence != tokens[mention.first].sentence:
            return "bare"
        if word in grammar.indefinite or word.isdigit():
            return "indefinite"
        if word in grammar.possessive:
            return "possessive"
        if word in grammar.definite:
            before = tokens[index - 1].word if index else ""
            indefinite = word == "des" and (
                before in ("par", "avec", "a", "ont", "est", "sont", "") or gap == ""
            )
            return "indefinite" if indefinite else "definite"
        if grammar.words.get(word, "m") in "xcd" and word not in grammar.definite:
            return "bare"
    return "bare"


def _resolve(query: str, day: date | None) -> tuple[tuple[str, ...], float, str]:
    if query.strip() in set(_actors()["actor"]):
        return (query.strip(),), 1.0, "id"
    when = day.isoformat() if day else ""
    for language in ("", *LANGUAGES):
        tokens = _tokens(query, language or "en")
        if not tokens:
            break
        if not language:
            whole = [n for n in _whole(tokens) if n.actor and (not when or _holds(n.first, n.last, when))]
            if whole:
                best = max(whole, key=lambda name: (_SCORES.get(name.form, 0.5), name.first == ""))
                score = (
                    0.6 if best.needs_context and best.form == "description" else _SCORES.get(best.form, 0.5)
                )
                return (best.actor,), score, best.form
            continue
        mentions = list(_refer(list(_mentions(tokens, _matches(tokens, _lexicon(language), language, when), language)),
                               tokens, _GRAMMARS[language]))  # fmt: skip
        small = _GRAMMARS[language].words
        if len(mentions) == 1 and mentions[0].last == len(tokens) - 1:
            if all(small.get(token.word) == "t" for token in tokens[: mentions[0].first]):
                method = mentions[0].method if mentions[0].method != "name" else mentions[0].form
                return mentions[0].actors, _METHOD_SCORES.get(method, _SCORES.get(method, 0.5)), method
    return _nearest(query)


def _whole(tokens: list[_Token]) -> list[_Name]:
    node: dict[str, Any] | None = _lexicon(None)
    for token in tokens:
        node = node.get(token.word) if node else None
    return list(node.get("", ())) if node else []


def _nearest(query: str) -> tuple[tuple[str, ...], float, str]:
    folded = " ".join(token.word for token in _tokens(query, "en"))
    known = _spellings()
    hit = (
        process.extractOne(folded, list(known), scorer=fuzz.ratio, score_cutoff=86)
        if len(folded) > 4
        else None
    )
    return ((known[hit[0]],), round(hit[1] / 100 * 0.9, 2), "fuzzy") if hit else ((), 0.0, "")


@cache
def _spellings() -> dict[str, str]:
    table = data.table("codebook/actor_names")
    table = table[
        (table["actor"] != "")
        & table["form"].isin(["name", "leader", "institution"])
        & (table["needs_context"] == "")
    ]
    pairs = zip(table["name"], table["lang"], table["actor"], strict=True)
    return {" ".join(t.word for t in _tokens(name, lang)): actor for name, lang, actor in pairs}
