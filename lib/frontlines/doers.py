"""Who did it, and to whom: the actors and targets of a fired trigger."""

import re
from itertools import pairwise

from frontlines import assertion, attribution, clauses, kinds, obliques, roles, syntax
from frontlines.filling import JOINT, Found, family
from frontlines.parsing import Parse
from frontlines.story import Story
from frontlines.trees import Word

_VAGUE = {"de", "of", "poss", "adj", "à", "to"}  # slots that hold much else than doers
_ADDRESSED = {
    "told", "auprès de", "sur", "avec", "with", "obj", "à", "to", "contre", "against", "on", "at", "entre",
    "between", "par", "by",
}  # fmt: skip
_ARMS = {"weapon", "rocket", "explosive", "air", "bomb"}
_DOERS = {"actor", "armed", "people"}
_MEN = ("troops", "ship_word", "vehicle_word", "armedman")  # "an SDF patrol near X" is hit, X is not


def name_actors(parsed: Parse, story: Story, found: Found) -> list[tuple[tuple[str, ...], str]]:
    """
    Name the doers of an event, from the first slot that names any.

    Parameters
    ----------
    parsed, story
        The paragraph, and what is known so far.
    found
        The trigger that fired.

    Returns
    -------
    list of (tuple of str, str)
        Ids and the words used; one entry an actor that acts separately, joint ids in one.
    """
    result: list[tuple[tuple[str, ...], str]] = []
    whose = ("obj",) * (found.kind == "evacuation")  # "l'ambassade d'Italie a été évacuée"
    for slot in found.trigger.actor + whose:
        heads = found.slots.get(slot, [])
        if slot in ("entre", "between", "obj") and slot in found.trigger.target:
            heads = heads[:1]  # the first against the second
        for head in heads:
            if slot == "any" and syntax.case(head) == "selon":
                continue
            if kinds.is_possessive(head):
                ids, label = kinds.meant(parsed, story, head)
                result += [(ids, label)] if ids else []
                continue
            own = any(t.i in parsed.actors_of for t in syntax.phrase(head)) or head.dep_ != "conj"
            row = parsed.place_of.get(head.i, -1)
            struck = slot == "de" and row >= 0 and story.places[row].kind not in ("country", "region")
            if struck or (result and not own and any(map(kinds.is_possessive, head.children))):
                continue  # "des raids ont secoué la banlieue de Damas", "HTC et ses alliés"
            held = syntax.is_a(head, "hands")  # "la chute de X aux mains de Y"
            if slot not in _VAGUE or held or not _DOERS.isdisjoint(kinds.of(parsed, story, head)):
                result += _fighting(parsed, story, found, head) or roles.actors_in(parsed, story, head)
        if result:
            break
    if found.kind == "defection":  # "the commander went over to X": no longer X's
        joined = {ids for ids, _ in _named(parsed, story, found.slots.get("to", []))}
        result = [one for one in result if one[0] not in joined]
    result = _with_listed(parsed, story, found, result)
    return _acting(found, result or _blamed(parsed, story, found) or _implied(parsed, story, found))


def _named(parsed: Parse, story: Story, heads: list[Word]) -> list[tuple[tuple[str, ...], str]]:
    """Name the actors in some phrases."""
    return [actor for head in heads for actor in roles.actors_in(parsed, story, head)]


def _fighting(parsed: Parse, story: Story, found: Found, head: Word) -> list[tuple[tuple[str, ...], str]]:
    """Read "they", where they fight, as who fought last, and not as the monitor that told of it."""
    fought = found.family in ("control", "violence")
    if not (fought and kinds.is_pronoun(head) and head.lower_ in syntax.words(head, "they")):
        return []
    last, _ = kinds.meant(parsed, story, head)
    sorts = {kinds.actor_types().get(one) for one in last}
    agent = found.kind == "capture" and head.head.dep_ == "agent"
    if agent and attribution.reporter(found.token)[0] == "deny":  # "X denied that Y was taken by them"
        ids, label = story.last_subject(parsed.starts[head.sent.start], armed=True)
    elif not last or "OPP" in last or not sorts.isdisjoint(("armed_group", "state")):
        return []
    else:
        ids, label = kinds.meant(parsed, story, head, armed=True)
    return [(ids, label)] if ids else []


def _with_listed(
    parsed: Parse, story: Story, found: Found, result: list[tuple[tuple[str, ...], str]]
) -> list[tuple[tuple[str, ...], str]]:
    """Add the states listed beside one that acts, where the parser lost them: "le Qatar et l'Iran"."""
    heads = found.slots.get("subj", ()) if found.token.lang_ == "fr" and result else ()
    rows = [row for head in heads for t in syntax.phrase(head) for row in parsed.actors_of.get(t.i, ())]
    states = [r for r in rows if story.actors[r].form in ("name", "metonym")]
    if not states or not any((story.actors[r].actor,) == ids for r in states for ids, _ in result):
        return result
    taken = {r for t in found.token.sent if t.dep_ in _DONE_TO for r in parsed.actors_of.get(t.i, ())}
    chain = [min(states)]
    for step in (-1, 1):
        row = chain[0] if step < 0 else chain[-1]
        while 0 <= row + step < len(story.actors) and _listed_together(story, *sorted((row, row + step))):
            row += step
            if row in taken:
                break
            chain = [row, *chain] if step < 0 else [*chain, row]
    gaps = [story.text[story.actors[a].end : story.actors[b].start] for a, b in pairwise(chain)]
    named = [((story.actors[r].actor,), story.actors[r].text) for r in chain]
    known = [ids for ids, _ in result]
    return [*result, *(n for n in named if n[0] not in known and any(" et " in gap for gap in gaps))]


_DONE_TO = ("obj", "obl:arg", "obl:mod", "xcomp", "iobj")
_GOVERNED = re.compile(r"\b(?:à|en|de|du|des|d['’]|vers|sur|dans|contre|avec|pour|par)\s*(?:la |l['’])?$")
_LISTED = re.compile(r"\s*(?:,| et| ainsi que)\s+(?:(?:la|le|les|l['’])\s*)?")


def _listed_together(story: Story, one: int, other: int) -> bool:
    gap = story.text[story.actors[one].end : story.actors[other].start]
    forms = {story.actors[row].form for row in (one, other)}
    apart = _GOVERNED.search(story.text, max(0, story.actors[one].start - 12), story.actors[one].start)
    return forms <= {"name", "metonym"} and not apart and _LISTED.fullmatch(gap) is not None


def _blamed(parsed: Parse, story: Story, found: Found) -> list[tuple[tuple[str, ...], str]]:
    """Give whom an act or its weapon is laid to in an aside: "strikes blamed on X", "rockets fired by X"."""
    token, act = found.token, found.token.pos_ == "NOUN"
    arms = [h for h in found.slots.get("subj", ()) if not act and _ARMS & kinds.of(parsed, story, h)]
    nouns = [token, *(c for c in token.children if c.pos_ == "NOUN")] if act else []
    for verb in (v for t in [*nouns, *(t for h in arms for t in syntax.phrase(h))] for v in t.children):
        if verb.dep_ not in _TELLING:
            continue
        if whom := _laid_to(verb, "carried" if act else "sent"):
            return _named(parsed, story, whom)
    return _named(parsed, story, arms if token.lang_ == "fr" else [])  # "des missiles russes"


_TELLING = ("acl", "acl:relcl", "relcl", "amod")


def _laid_to(verb: Word, done: str) -> list[Word]:
    """Find who did what a verb says of an act: "blamed on X", "menée par X"."""
    if syntax.is_a(verb, "blame_on"):
        return [head for slot, head in obliques.of(verb) if slot in ("à", "on", "to")][:1]
    return clauses.subjects(verb) if syntax.is_a(verb, done) else []


def _implied(parsed: Parse, story: Story, found: Found) -> list[tuple[tuple[str, ...], str]]:
    """Give the doer that the type of event implies: people flee; a call is held by who speaks of it."""
    usual = {"displacement": "CIV", "defection": "SYR"}.get(found.kind, "")
    if usual:  # generals and governors named without their side are of the state
        return [((usual,), "")]
    spoken = any(h.lower_ in syntax.words(h, "first_person") for h in found.slots.get("subj", ()))
    if spoken:  # "we shall enter X, a commander of Y said"
        return _named(parsed, story, attribution.reporter(found.token)[1])
    if found.token.pos_ == "NOUN" and found.trigger.actor and (heads := _undertakers(found)):
        return _named(parsed, story, heads)
    if found.kind in JOINT and found.token.pos_ == "NOUN":
        return _named(parsed, story, clauses.subjects(syntax.governor(found.token)))
    return []


def _undertakers(found: Found) -> list[Word]:
    """Find who undertakes, claims or denies an act of their own: "a entamé l'encerclement de X"."""
    first = next((t for t in (found.token, *found.token.ancestors) if t.dep_ != "conj"), found.token)
    verb = first.head
    verbs = ("obj", "dobj", "nsubj:pass", "nsubjpass", *(("obl:arg",) if syntax.reflexive(verb) else ()))
    if found.token.dep_ == "pobj":  # "X was accused of a strike", "claimed responsibility for it"
        above = verb.head
        denied = syntax.is_a(above, "part_in") and assertion.spoken(above.head) == "deny"
        if above.dep_ == "dobj" and (denied or above.lower_ in syntax.words(above, "avowal")):
            return clauses.subjects(above.head)
        laid = verb.lower_ == "of" and syntax.is_a(above, "accuse")
        return clauses.objects(above) if laid and syntax.is_passive(above) else []
    own = first.dep_ in verbs and verb.pos_ == "VERB"
    lost = syntax.is_a(found.token, "losing") and syntax.is_a(verb, "conceding")  # "admitted the fall of X"
    taken = found.kind == "capture" and (lost or assertion.spoken(verb) == "deny")  # by others
    if taken or (syntax.is_passive(verb) and verb.lemma_ in syntax.words(verb, "admitting")):
        return []  # "the fall of X was confirmed by the army"
    return clauses.subjects(verb) if own and syntax.is_a(verb, "own_act") else []


def _acting(found: Found, result: list[tuple[tuple[str, ...], str]]) -> list[tuple[tuple[str, ...], str]]:
    kind = found.kind
    if family(kind) == "humanitarian":
        return [(("CIV",), label) for _, label in result[:1]]
    none = {"CIV"} if kind in _BY_ARMS else set()  # "masked men" who kill are nobody's civilians
    if kind == "capture" and found.token.pos_ == "NOUN":  # "l'Observatoire a confirmé la chute de X"
        none = {i for i, sort in kinds.actor_types().items() if sort == "organisation"}
    kept: dict[tuple[str, ...], str] = {}
    for ids, label in result:
        real = tuple(i for i in ids if kinds.actor_types().get(i) != "source" and i not in none)
        if real:
            kept.setdefault(real, label)
    # what aircraft of two states bomb, in one phrase, is the codebook's joint raid
    jointly = syntax.words(found.token, "jointly") & syntax.forms(found.token.sent[0])
    if len(kept) > 1 and (jointly or kind in (*JOINT, "air_strike")):
        joined = tuple(sorted({i for ids in kept for i in ids}))
        return [(joined, "; ".join(kept.values()))]
    return list(kept.items())


_BY_ARMS = ("civilian_attack", "shelling", "air_strike", "bombing", "evacuation", "aid")


def name_targets(parsed: Parse, story: Story, found: Found) -> list[str]:
    """
    Name those whom an event is done to, taken from or addressed to.

    Parameters
    ----------
    parsed, story
        The paragraph, and what is known so far.
    found
        The trigger that fired, its doers named.

    Returns
    -------
    list of str
        Ids, sorted; empty where the text names none.
    """
    doers = {i for ids, _ in found.actors for i in ids}
    told = ("told",) * (found.kind == "appeal")  # "Israël doit partir, a exigé X"
    for slot in found.trigger.target and dict.fromkeys(found.trigger.target + told):
        ids: list[str] = []
        for head in found.slots.get(slot, ()):
            if ids and head.dep_ != "conj":
                break
            forms = {story.actors[row].form for row in parsed.actors_of.get(head.i, ())}
            named = "metonym" in forms and slot in ("obj", "told", "sur", found.trigger.target[0])
            named = named or head.dep_ == "iobj" or any(syntax.is_a(head, name) for name in _MEN)
            named = named or (slot == "to" and found.kind == "defection")
            if not named and not {"border", "place"}.isdisjoint(kinds.of(parsed, story, head)):
                continue
            city = head.i in parsed.place_of and story.places[parsed.place_of[head.i]].kind != "country"
            venue = slot == "à" and head.i < found.token.i  # "À Doha, X réclame"
            if city and (venue or found.family not in ("reaction", "border")):
                continue
            sided = found.kind == "endorsement" and slot == found.trigger.target[0]
            sided = sided or (slot == "from" and found.family == "reaction")
            if head.i in parsed.place_of and slot not in _ADDRESSED and not sided:
                continue
            hurt = found.kind == "civilian_attack" and forms == {"demonym"}
            folk = hurt and "people" in kinds.of(parsed, story, head)  # "beat fleeing Kurds"
            for names, _ in [(("CIV",), "")] if folk else roles.actors_in(parsed, story, head):
                ids += [i for i in names if kinds.actor_types().get(i) != "source"]
        civil = found.family != "control"  # "leur ont cédé X": to no civilians
        ids = [i for i in dict.fromkeys(ids) if i not in doers and (civil or i != "CIV")]
        if found.kind == "formation":
            ids = [i for i in ids if kinds.actor_types().get(i) in ("armed_group", "organisation")]
        if ids:
            return sorted(ids)
    return []
