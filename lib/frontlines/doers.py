"""Who did it, and to whom: the actors and targets of a fired trigger."""

import re
from itertools import pairwise

from frontlines import attribution, clauses, kinds, roles, syntax
from frontlines.filling import JOINT, Found, family
from frontlines.parsing import Parse
from frontlines.story import Story
from frontlines.trees import Word

_VAGUE = {"de", "of", "poss", "adj", "à", "to"}  # slots that hold much else than doers
_ADDRESSED = ("avec", "with", "obj", "à", "to", "contre", "against", "on", "entre", "between")
_ARMS = {"weapon", "rocket", "explosive", "air", "bomb"}
_DOERS = {"actor", "armed", "people"}


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
    for slot in found.trigger.actor:
        heads = found.slots.get(slot, [])
        if slot in ("entre", "between") and slot in found.trigger.target:
            heads = heads[:1]  # the first against the second
        for head in heads:
            if kinds.is_possessive(head):
                ids, label = kinds.meant(parsed, story, head)
                result += [(ids, label)] if ids else []
                continue
            held = syntax.lemma(head) in syntax.words(head, "hands")  # "la chute de X aux mains de Y"
            if slot not in _VAGUE or held or not _DOERS.isdisjoint(kinds.of(parsed, story, head)):
                result += _fighting(parsed, story, found, head) or roles.actors_in(parsed, story, head)
        if result:
            break
    result = _with_listed(parsed, story, found, result)
    return _acting(found, result or _blamed(parsed, story, found) or _implied(parsed, story, found))


def _fighting(parsed: Parse, story: Story, found: Found, head: Word) -> list[tuple[tuple[str, ...], str]]:
    """Read "they", where they fight, as who fought last, and not as the monitor that told of it."""
    fought = family(found.trigger.event_type) in ("control", "violence")
    if not (fought and kinds.is_pronoun(head) and head.lower_ in syntax.words(head, "they")):
        return []
    last, _ = kinds.meant(parsed, story, head)
    if not last or any(
        kinds.actor_types().get(one) in ("armed_group", "state") or one == "OPP" for one in last
    ):
        return []
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
    """Give whom an act is laid to in an aside: "strikes blamed on X", "que des secouristes imputent à X"."""
    token = found.token
    if token.pos_ != "NOUN":
        return _sent(parsed, story, found)
    below = [
        *token.children,
        *(c for child in token.children if child.pos_ == "NOUN" for c in child.children),
    ]
    for verb in (v for v in below if v.dep_ in ("acl", "acl:relcl", "relcl", "amod")):
        if syntax.lemma(verb) in syntax.words(verb, "blame_on"):
            for slot, head in clauses.obliques(verb):
                if slot in ("à", "on", "to"):
                    return roles.actors_in(parsed, story, head)
        if syntax.lemma(verb) in syntax.words(verb, "pitting"):  # "clashes pitting X against Y"
            return [
                actor for head in clauses.objects(verb)[:1] for actor in roles.actors_in(parsed, story, head)
            ]
        if syntax.lemma(verb) in syntax.words(verb, "carried"):  # "l'attaque menée par X"
            return [
                actor for head in clauses.subjects(verb) for actor in roles.actors_in(parsed, story, head)
            ]
    return []


def _sent(parsed: Parse, story: Story, found: Found) -> list[tuple[tuple[str, ...], str]]:
    """Give who sent a weapon that acts: "des roquettes tirées par X se sont abattues sur Y"."""
    subjects = found.slots.get("subj", ())
    weapons = [h for h in subjects if not _ARMS.isdisjoint(kinds.of(parsed, story, h))]
    for verb in (v for head in weapons for t in syntax.phrase(head) for v in t.children):
        if verb.dep_ in ("acl", "amod") and syntax.lemma(verb) in syntax.words(verb, "sent"):
            return [
                actor for head in clauses.subjects(verb) for actor in roles.actors_in(parsed, story, head)
            ]
        if verb.dep_ == "relcl" and syntax.lemma(verb) in syntax.words(verb, "blame_on"):
            whom = [head for slot, head in clauses.obliques(verb) if slot in ("on", "to")]
            return [actor for head in whom for actor in roles.actors_in(parsed, story, head)]
    whose = weapons if found.token.lang_ == "fr" else []  # "des missiles russes", "des obus de l'armée"
    return [actor for head in whose for actor in roles.actors_in(parsed, story, head)]


def _implied(parsed: Parse, story: Story, found: Found) -> list[tuple[tuple[str, ...], str]]:
    """Give the doer that the type of event implies: people flee; a call is held by who speaks of it."""
    usual = {"displacement": "CIV", "defection": "SYR"}.get(found.trigger.event_type, "")
    if usual:  # generals and governors named without their side are of the state
        return [((usual,), "")]
    dont = next((t for t in found.slots["any"] if t.lower_ == "dont"), None)
    if dont is not None:  # "Téhéran, dont les diplomates avaient quitté Damas"
        before = [t for t in dont.sent if t.i < dont.i and t.pos_ in ("NOUN", "PROPN")]
        return roles.actors_in(parsed, story, before[-1]) if before else []
    spoken = any(h.lower_ in syntax.words(h, "first_person") for h in found.slots.get("subj", ()))
    if spoken:  # "we shall enter X, a commander of Y said"
        heads = attribution.reporter(found.token)[1]
        return [actor for head in heads for actor in roles.actors_in(parsed, story, head)]
    if found.token.pos_ == "NOUN" and found.trigger.actor and (heads := _undertakers(found)):
        return [actor for head in heads for actor in roles.actors_in(parsed, story, head)]
    if found.trigger.event_type in JOINT and found.token.pos_ == "NOUN":
        verb = syntax.governor(found.token)
        return [actor for head in clauses.subjects(verb) for actor in roles.actors_in(parsed, story, head)]
    return []


def _undertakers(found: Found) -> list[Word]:
    """Find who undertakes, claims or denies an act of their own: "a entamé l'encerclement de X"."""
    verb = found.token.head
    if found.token.dep_ in ("nmod", "appos", "obl:mod") and found.trigger.actor == ("any",):
        return clauses.subjects(verb) if syntax.is_verbal(verb) else [verb]  # "les insurgés, maîtres de X"
    verbs = ("obj", "dobj", "nsubj:pass", "nsubjpass", *(("obl:arg",) if syntax.reflexive(verb) else ()))
    own = found.token.dep_ in verbs and verb.pos_ == "VERB"
    return clauses.subjects(verb) if own and syntax.lemma(verb) in syntax.words(verb, "own_act") else []


def _acting(found: Found, result: list[tuple[tuple[str, ...], str]]) -> list[tuple[tuple[str, ...], str]]:
    kind = found.trigger.event_type
    if family(kind) == "humanitarian":
        return [(("CIV",), label) for _, label in result[:1]]
    none = {"CIV"} if kind == "civilian_attack" else set()  # "masked men" who kill are nobody's civilians
    kept: dict[tuple[str, ...], str] = {}
    for ids, label in result:
        real = tuple(i for i in ids if kinds.actor_types().get(i) != "source" and i not in none)
        if real:
            kept.setdefault(real, label)
    together = kind in JOINT or _is_joint(found.token)
    if together and len(kept) > 1:
        joined = tuple(sorted({i for ids in kept for i in ids}))
        return [(joined, "; ".join(kept.values()))]
    return list(kept.items())


def _is_joint(token: Word) -> bool:
    """Tell whether several speak as one: "in a joint statement", "dans un communiqué commun"."""
    return any(t.lower_ in syntax.classes(token.lang_)["jointly"] for t in token.sent)


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
    for slot in found.trigger.target:
        ids: list[str] = []
        for head in found.slots.get(slot, ()):
            if ids and head.dep_ != "conj":
                break
            if not {"border", "place"}.isdisjoint(kinds.of(parsed, story, head)):
                continue
            city = head.i in parsed.place_of and story.places[parsed.place_of[head.i]].kind != "country"
            if city and family(found.trigger.event_type) not in ("reaction", "border"):
                continue
            if head.i in parsed.place_of and slot not in _ADDRESSED:
                continue
            for names, _ in roles.actors_in(parsed, story, head):
                ids += [i for i in names if kinds.actor_types().get(i) != "source"]
        ids = [i for i in dict.fromkeys(ids) if i not in doers]
        if found.trigger.event_type == "formation":
            ids = [i for i in ids if kinds.actor_types().get(i) in ("armed_group", "organisation")]
        if ids:
            return sorted(ids)
    return []
