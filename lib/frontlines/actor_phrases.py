"""The phrases that name actors: known names, the small words that join them, and whose they are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from frontlines.actor_names import Name, Token, is_state, matches, proxies, small_words, tokenise
from frontlines.dispatch import lines

# senses of `actor_names.csv` whose bearer the words around decide: "army", "embassy"
HEADS = frozenset({
    "army", "troops", "government", "leader", "ministry", "mission", "staff", "speaker", "official",
    "statemedia",
})  # fmt: skip
_FOR_THEMSELVES = ("people", "media", "source", "local", "side")
_TIGHT = re.compile(r"\s*|[-‐‑'’ʼ/]")

# The shape of a phrase, over one symbol a name or word: A adjective, S state, M capital, N other name,
# H institution (j: a plural one, h: troops or staff), D description, G a word for any group, P people and
# sources, d of, e led by, g 's, c and, k -backed, b backed by, n opposed to, l -led,
# p pro-, t determiner, m other word,
# z "of foreign affairs", q an adjective
# that may stand before a name, v -held, x what ends a phrase.
_AND = "(?:,c?|c)"
_AGAINST = "[hGD]+[mq]{0,2},?nt?(?:[HhD]dt?)?[SMNHD]+"  # forces opposed to Assad
_BEFORE = "(?:[ASMN]k|[ASMNDHG]l|p[ASMNHD]|[SM]v)m?"
_OWNER = rf"(?:A(?:{_AND}A)*m{{0,2}}|S(?:g?{_AND}S)+g(?=j)|[SMN](?:gm{{0,2}})?)"
_NOUNS_EN = rf"(?:{_BEFORE})*{_OWNER}?[HhjDG]+N?"
_HELD_EN = "[ASMNDHhjG]v"  # rebel-held Idlib: nobody acts
_PEOPLE_EN = rf"(?:{_BEFORE})*{_OWNER}?[HhjDG]*P+N?"
_CORE_EN = rf"(?:{_NOUNS_EN}|(?:{_BEFORE})+A?N|[AS]g?N|[ASMN](?!v))"
_CHAIN_EN = (
    rf"(?:jdt?S(?:{_AND}t?S)+|{_NOUNS_EN}(?:(?:d|,?e)t{{0,2}}m?{_CORE_EN})*|{_CORE_EN})(?:,?bt?H?[SMN])?"
)
_ADJECTIVES_FR = rf"A(?:{_AND}?A)*"
_NOUNS_FR = rf"[HhjDG]+(?:[mq]{{0,2}}(?:{_ADJECTIVES_FR}|p[ASMNDH]))?(?:mA)?z?(?:q{{0,2}}N)?"
_PEOPLE_FR = rf"P+(?:[mq]{{0,2}}{_ADJECTIVES_FR})?N?"
# "retirer ses troupes de Syrie": a state after troops, staff or a group and a bare "de" is a place
_OF_FR = rf"(?:d|,?e)t{{0,2}}m?(?:{_NOUNS_FR}|N|(?<![hDG]d)(?<![DG]dt)[SM])"
_CHAIN_FR = rf"(?:[Hj]dt?S(?:{_AND}dt?S)+|{_NOUNS_FR}(?:q{{0,2}}{_OF_FR})*|[ASMN])(?:,?bt?[SMN])?"
_CHAIN_AR = r"[HhjDG]+(?:m?A(?:c?A)*|[SMN])?(?:[de]t?(?:[HhjDG]+(?:m?A)?|[SMN]))*|[ASMN]"
_SHAPES = {
    "en": re.compile(rf"{_HELD_EN}|{_AGAINST}|{_PEOPLE_EN}|{_CHAIN_EN}|x"),
    "tr": re.compile(rf"{_HELD_EN}|{_AGAINST}|{_PEOPLE_EN}|{_CHAIN_EN}|x"),
    "fr": re.compile(rf"{_AGAINST}|{_PEOPLE_FR}|{_CHAIN_FR}|x"),
    "ar": re.compile(rf"{_PEOPLE_FR}|{_CHAIN_AR}|x"),
}
LANGUAGES = tuple(sorted(_SHAPES))
_Decision = tuple[tuple[str, ...], Name, str, str, bool, str]  # the fields of a mention after its tokens
_HEAD_LAST = ("en", "tr")


@dataclass
class Mention:
    """A phrase: its first and last token, whom it means, by which name and why."""

    first: int
    last: int
    actors: tuple[str, ...]
    name: Name
    form: str
    method: str
    loaded: bool = False
    backer: str = ""


@dataclass
class _Link:
    """One link of "the fighters of the Turkey-backed Syrian National Army"."""

    owners: list[Name] = field(default_factory=list)
    nouns: list[Name] = field(default_factory=list)
    backer: str = ""
    apposed: Name | None = None


def read(text: str, language: str, *, day: str = "") -> tuple[list[Token], list[Mention]]:
    """
    Cut a text into words and the phrases that name actors.

    Parameters
    ----------
    text
        The raw text.
    language
        One of `LANGUAGES`.
    day
        ISO 8601 day on which names must hold; all do if empty.

    Returns
    -------
    tuple
        The words, and the phrases in order; those without actors are settled by what came before.
    """
    tokens = tokenise(text, language, starts=[line.start for line in lines(text)])
    symbols, spans = _symbols(tokens, matches(tokens, language, day), language)
    mentions = []
    for match in _SHAPES[language].finditer(symbols):
        first, last, name = spans[match.start()]
        if name and name.form == "context":
            mentions.append(Mention(first, last, (), name, "context", ""))
        elif match[0] != "x" and not match[0].endswith("v"):
            part = spans[match.start() : match.end()]
            last = max(last for _, last, _ in part)
            decision = _decide(match[0], tuple(name for _, _, name in part), language in _HEAD_LAST)
            mentions.append(Mention(first, last, *decision))
    return tokens, mentions


def _symbol(name: Name, tokens: list[Token], first: int, last: int) -> str:
    """Give the symbol of a name; "backed" and "led" only count after a hyphen in English."""
    if name.sense == "none":
        return "x"
    if name.form in ("backing", "link"):
        known = {"by": "b", "pro": "p", "led": "l", "held": "v", "rebel": "n"}
        symbol = known.get(name.sense, "k" if name.form == "backing" else "e")
        joined = tokens[first].gap.lstrip(".") in ("-", "‑", "‐")
        return "x" if symbol in "klv" and name.lang == "en" and not joined else symbol
    plain = {"tail": "z", "context": "x", "metonym": "M", "adjective": "A", "demonym": "S"}
    if name.form in plain:
        return plain[name.form]
    if name.sense in HEADS:
        plural = tokens[last].raw.casefold().endswith("s") and name.sense in ("leader", "ministry", "mission")
        return "h" if name.sense in ("troops", "staff") else "j" if plural else "H"
    if name.form == "description":
        return {"group": "G", "people": "P", "media": "P", "source": "P"}.get(name.sense, "D")
    return "S" if is_state(name.actor) and name.form in ("name", "acronym") else "N"


def _symbols(
    tokens: list[Token], matches: Iterable[tuple[int, int, Name]], language: str
) -> tuple[str, list[tuple[int, int, Name | None]]]:
    """Write the text as a string of symbols, with the tokens and the name that each stands for."""
    words = small_words(language)
    symbols: list[str] = []
    spans: list[tuple[int, int, Name | None]] = []
    starting = {first: (first, last, name) for first, last, name in matches}
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if index and token.gap != " " and (stop := _stop(tokens[index - 1], token)):
            symbols.append(stop)
            spans.append((index, index - 1, None))
        if index in starting:
            span = starting[index]
            symbol = _symbol(span[2], tokens, span[0], span[1])
            if symbol == "A" and symbols[-1:] == ["A"] and token.gap in ("-", "‐", "‑", "–"):
                symbols.append("c")  # Syrian-Russian: of both
                spans.append((index, index - 1, None))
            symbols.append(symbol)
            spans.append(span)
            index = span[1] + 1
            continue
        genitive = token.word == "s" or (language == "tr" and len(token.word) < 5)
        genitive = genitive and token.gap in ("'", "’")
        known = "g" if genitive else words.get(token.word)
        small = token.raw[0].islower() or token.raw.isupper() or language == "ar"
        symbols.append(known or ("m" if small else "x"))
        spans.append((index, index, None))
        index += 1
    return "".join(symbols), spans


def _stop(before: Token, token: Token) -> str:
    """Say what punctuation parts two words: nothing, a comma, or a stop."""
    gap = token.gap.removeprefix(".") if len(before.raw) == 1 else token.gap
    if before.sentence != token.sentence:
        return "."
    if _TIGHT.fullmatch(gap):
        return ""
    return "," if gap.strip() == "," else "."


@lru_cache(maxsize=50_000)
def _decide(symbols: str, all_names: tuple[Name | None, ...], head_last: bool) -> _Decision:
    """Say whose a phrase is: of the last of its links that names somebody."""
    names = [name for name in all_names if name]
    parts = list(zip(symbols, all_names, strict=True))
    backer = names[-1].actor if "b" in symbols else ""
    if "n" in symbols:
        foe = all_names[symbols.index("n")]
        against = (foe.actor,) if foe and names[-1].actor == "SYR" else ()
        return against, foe or names[0], "description", "pattern", names[-1].loaded, ""
    if re.fullmatch(r"[Hj]dt?S.*[,c].*S", symbols):  # the ministers of Turkey, Iran and Russia
        states = (name.actor for symbol, name in parts if name and symbol == "S")
        deciding, actors_, method = names[0], tuple(states), "pattern"
    else:
        links = _links(parts[: symbols.index("b")] if backer else parts, backer)
        decided = [_whose(link, head_last) for link in links]
        deciding, actors_, method = ([one for one in decided if one[1]] or decided)[-1]
        if actors_ and decided[0][1] != actors_ and method == "name":
            method = "pattern"
    senses = {name.sense for name in names}
    if not actors_ and "government" in senses and senses & {"troops", "army"}:
        actors_, method = ("SYR",), "pattern"  # government helicopters: of the side that there is war with
    form = deciding.form
    kept = form in ("leader", "acronym") or (form == "name" and deciding.sense == "group")
    if method == "pattern" and not kept:
        form = "institution" if names[0].sense in HEADS or deciding.sense in HEADS else "description"
    loaded = any(name.loaded for name in names)
    return tuple(dict.fromkeys(actors_)), deciding, form, method, loaded, backer


def _links(parts: list[tuple[str, Name | None]], backer: str) -> list[_Link]:
    links, pro = [_Link(backer=backer)], False
    for symbol, name in parts:
        link = links[-1]
        if symbol in "de":
            links.append(_Link())
        elif symbol == "v" and link.owners:
            link.owners.pop()  # the Britain-based Observatory
        elif symbol == "k" and link.owners:
            link.backer = link.owners.pop().actor
        elif symbol == "p":
            pro = True
        elif name and pro:
            link.backer, pro = name.actor, False
        elif name and symbol in "HhjDGP":
            link.nouns.append(name)
        elif name and symbol == "N" and link.nouns:
            link.apposed = name
        elif name and symbol in "ASMN":
            link.owners.append(name)
    return links


def _whose(link: _Link, head_last: bool) -> tuple[Name, tuple[str, ...], str]:
    """Decide one link: its deciding name, the actors (none if what came before must say), and why."""
    if link.apposed:  # the group Hayat Tahrir al-Sham
        return link.apposed, (link.apposed.actor,), "pattern"
    if not link.nouns:
        return _named(link)
    itself = next((noun for noun in link.nouns if noun.sense in _FOR_THEMSELVES), None)
    of_a_group = any(owner.actor and not is_state(owner.actor) for owner in link.owners)
    if itself and not (itself.sense == "local" and of_a_group):  # gunmen, but not "SNA gunmen"
        return itself, (itself.actor,), "name"
    head = link.nouns[-1] if head_last else link.nouns[0]
    owners = [owner for owner in link.owners if owner.sense != "loaded"]
    if head.sense in HEADS and owners:
        return head, tuple(owner.actor for owner in owners), "pattern"
    groups = [owner for owner in owners if not is_state(owner.actor)]
    if groups:
        return groups[-1] if groups[-1].actor == "OPP" else head, (groups[-1].actor,), "pattern"
    if link.backer:
        own = link.backer if link.backer == "SYR" or not is_state(link.backer) else head.actor
        return head, (proxies().get(link.backer, own),), "pattern"
    default = next((noun for noun in link.nouns if noun.actor), None)
    if default:
        return default, (default.actor,), "name"
    if len(owners) < len(link.owners):  # a "terrorist group" is of the opposition, in that source's words
        return link.owners[0], ("OPP",), "pattern"
    return head, (), "of a state" if owners else "name"


def _named(link: _Link) -> tuple[Name, tuple[str, ...], str]:
    name = link.owners[-1]
    if name.actor == "FSA" and (link.backer or len(link.owners) > 1):
        side = link.backer or link.owners[0].actor
        side = proxies().get(side, side)
        return name, (side if side in ("SNA", "SFA") else "FSA",), "context"
    return name, (name.actor,), "name"
