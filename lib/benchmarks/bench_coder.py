"""How long coding takes beside the parse alone, of the same parsed paragraphs; and peers that find names.

    python lib/benchmarks/bench_coder.py [DISPATCHES]

Dispatches (default 1,000) are put together from the tuning half of our gold sentences, six paragraphs each.
Seconds are those of the processor, so that a shared machine says the same. Prints a table.
"""

import random
import resource
import sys
import time
from collections.abc import Callable, Iterable
from functools import cache
from itertools import islice
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from frontlines import actors, coder, data, dispatch, events, gazetteer, parsing, timex
from frontlines.dispatch import Dispatch

PARAGRAPHS, SENTENCES = 6, 3
TIMES = 20
TURNS = 25  # the parse and the coding take turns over the dispatches: what slows one slows the other


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def made(language: str, count: int) -> list[Dispatch]:
    sentences = data.table("gold/sentences")
    sentences = sentences[(sentences["half"] == "tune") & (sentences["lang"] == language)]
    known, chance = sentences["text"].tolist(), random.Random(1)  # noqa: S311
    texts = (
        "\n\n".join(" ".join(chance.sample(known, SENTENCES)) for _ in range(PARAGRAPHS))
        for _ in range(count)
    )
    return [dispatch.from_text(text, published="2024-12-06", language=language) for text in texts]


def masked(one: Dispatch) -> list[Doc]:
    """Give the paragraphs as the coder hands them to the parser."""
    places = list(gazetteer.find(one.text, language=one.language).itertuples())
    named = list(actors.find(one.text, language=one.language, published=one.published).itertuples())
    nlp = parsing.model(one.language)
    rows = enumerate(one.paragraphs().itertuples())
    return [parsing._prepare(nlp, one, number, row, places, named, [])[1] for number, row in rows]


@cache
def plain(language: str) -> Language:
    """Give the model as spaCy ships it, in the coder's vocabulary: what coding is measured against."""
    return spacy.load(parsing.MODELS[language], exclude=["ner"], vocab=parsing.model(language).vocab)


@cache
def same_blas(language: str) -> Language:
    """Give that model with the library that the coder multiplies its matrices with, and nothing kept."""
    nlp = spacy.load(parsing.MODELS[language], exclude=["ner"], vocab=parsing.model(language).vocab)
    return parsing._with_numpy(nlp)


def parse(nlp: Language, batches: Iterable[list[Doc]]) -> None:
    for batch in batches:
        for _ in nlp.pipe(batch, batch_size=32):
            pass


def parse_singly(nlp: Language, batches: Iterable[list[Doc]]) -> None:
    for batch in batches:
        for doc in batch:
            nlp(doc)


_NAMES = {
    "singly": "parse, a paragraph at once",
    "one by one": "parse, a dispatch at once",
    "all at once": "parse, all at once",
    "same BLAS": "parse, a dispatch at once, with the coder's BLAS",
}


def compare(language: str, texts: list[Dispatch]) -> None:
    """Parse and code the same dispatches by turns; print both, and where the rest goes."""
    nlp, same = plain(language), same_blas(language)  # loaded before the clock runs
    taken = dict.fromkeys(
        ("singly", "one by one", "all at once", "same BLAS", "code", "places", "actors", "times"), 0.0
    )
    for turn in range(TURNS):
        some = list(islice(texts, turn, None, TURNS))
        docs = [masked(one) for one in some]
        taken["singly"] += seconds(lambda d=docs: parse_singly(nlp, d))
        docs = [masked(one) for one in some]
        taken["one by one"] += seconds(lambda d=docs: parse(nlp, d))
        docs = [masked(one) for one in some]
        with parsing._libraries().limit(limits=1, user_api="blas"):
            taken["same BLAS"] += seconds(lambda d=docs: parse(same, d))
        docs = [doc for one in some for doc in masked(one)]
        taken["all at once"] += seconds(lambda d=docs: parse(nlp, [d]))
        taken["code"] += seconds(
            lambda s=some: events.framed([row for rows in coder.events_of(s) for row in rows])
        )
        taken["places"] += seconds(lambda s=some: [gazetteer.find(o.text, language=language) for o in s])
        taken["actors"] += seconds(
            lambda s=some: [actors.find(o.text, language=language, published=o.published) for o in s]
        )
        taken["times"] += seconds(
            lambda s=some: [timex.find(o.text, published=o.published, language=language) for o in s]
        )
    print(f"\nCoding, {language}\n\n| what | ms a dispatch | of the parse |\n|---|---|---|")
    for what, time_ in taken.items():
        name = _NAMES.get(what, what)
        print(f"| {name} | {1000 * time_ / len(texts):.1f} | {time_ / taken['one by one']:.2f} |", flush=True)


def ordinary(language: str, texts: list[Dispatch]) -> None:
    """Say what it saves that paragraphs which cannot hold an event are not parsed, on news of every kind."""
    text = (Path(__file__).parent / f"texts/ordinary.{language}.txt").read_text(encoding="utf-8")
    nlp, alone = plain(language), dispatch.from_text(text, published="2024-12-06", language=language)
    mixed = dispatch.from_text(f"{text}\n\n{texts[0].text}", published="2024-12-06", language=language)
    print(f"\nOrdinary news, {language}\n\n| what | paragraphs | parsed | parse of all, ms | code, ms |")
    print("|---|---|---|---|---|")
    for what, one in {"not about Syria": alone, "with one such dispatch at its end": mixed}.items():
        places = list(gazetteer.find(one.text, language=language).itertuples())
        named = list(actors.find(one.text, language=language, published=one.published).itertuples())
        kept = len(list(parsing._telling(one, places, named)))
        docs = [masked(one) for _ in range(TIMES)]
        whole = seconds(lambda d=docs: parse(nlp, d)) / TIMES
        coded = seconds(lambda o=one: [coder.code(o) for _ in range(TIMES)]) / TIMES
        count = len(dispatch.lines(one.text))
        print(f"| {what} | {count} | {kept} | {1000 * whole:.1f} | {1000 * coded:.1f} |", flush=True)


def peers(texts: list[Dispatch]) -> None:
    """Time what only finds names: spaCy's two, flashgeotext where it is installed, and ours."""
    names = data.table("gazetteer/names")["name"].drop_duplicates().tolist()
    words = [one.text for one in texts]
    size = sum(len(text.encode()) for text in words) / 1e6

    def rate(what: str, work: Callable[[str], object]) -> None:
        work(words[0])
        spent = seconds(lambda: [work(text) for text in words])
        print(f"| {what} | {size / spent:.2f} |", flush=True)

    print("\nFinding names, peers\n\n| what | MB/s |\n|---|---|")

    rate("gazetteer.find, all chosen", lambda text: gazetteer.find(text, language="en"))
    nlp = spacy.blank("en")
    matcher = spacy.matcher.PhraseMatcher(nlp.vocab)
    matcher.add("PLACE", list(nlp.tokenizer.pipe(names)))
    rate("spaCy PhraseMatcher", lambda text: matcher(nlp.make_doc(text)))
    ruler = spacy.blank("en")
    ruler.add_pipe("entity_ruler").add_patterns([{"label": "PLACE", "pattern": name} for name in names])
    rate("spaCy EntityRuler", ruler)
    try:
        from flashgeotext.geotext import GeoText
    except ImportError:
        return  # `make bench` brings it
    rate("flashgeotext, its own cities", GeoText().extract)


def main(count: int) -> None:
    every = {language: made(language, count // 2) for language in coder.LANGUAGES}
    for language, texts in every.items():
        for one in texts[:10]:
            coder.code(one)
        compare(language, texts)
        ordinary(language, texts)
    peers(every["en"][:200])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nMemory\n\n| what | MB |\n|---|---|\n| peak, both models | {peak:.0f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1000)
