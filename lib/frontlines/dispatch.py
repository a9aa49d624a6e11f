"""Dispatches: a text, its language and its day; paragraphs and sentences with offsets into the raw text."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import spacy
from spacy.language import Language

from frontlines.data import as_utf8, legible
from frontlines.errors import DispatchError

LANGUAGES = ("ar", "en", "fr", "tr")
# languages that are told apart from ours, so that their texts are refused by name
_KNOWN = (*LANGUAGES, "de", "es", "fa", "it", "nl", "pt", "ru", "uk")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_TERMINAL = tuple('.!?:;…»”"؟')
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_LARGEST = 5_000_000  # bytes: a book; what is longer is no dispatch
_LINE_END = re.compile(r"[ \t]*\r?\n")
_BLANK = "\ufeff\u200b" + "".join(c for c in map(chr, range(0x3001)) if c.isspace())
_WRAPPED = 55  # characters: a line this long without a full stop goes on in the next


@dataclass(frozen=True)
class Dispatch:
    """
    One news text as it came, with what is known of it.

    Attributes
    ----------
    dispatch_id
        Stable id, made from the text alone.
    text
        The raw text; all offsets of the project count its characters.
    language
        One of `LANGUAGES`.
    published
        Day of publication (UTC+3), or None where it is not known.
    title
        The first heading, else the beginning of the first paragraph.
    name
        File name, or ``"text"``.
    """

    dispatch_id: str
    text: str
    language: str
    published: date | None
    title: str
    name: str

    def paragraphs(self) -> pd.DataFrame:
        """
        Cut the text into paragraphs.

        Returns
        -------
        pandas.DataFrame
            Columns start, end (offsets into `text`), text, heading (bool): one row a paragraph, in order.
        """
        return paragraphs(self.text)

    def sentences(self) -> pd.DataFrame:
        """
        Cut the paragraphs into sentences, by punctuation.

        Returns
        -------
        pandas.DataFrame
            Columns start, end (offsets into `text`), text, paragraph (its row), heading (bool).
        """
        rows = []
        for row in self.paragraphs().itertuples():
            for sentence in _splitter(self.language)(row.text).sents:
                words = sentence.text.strip(_BLANK)
                start = row.start + sentence.start_char + sentence.text.find(words)
                if words:
                    rows.append((start, start + len(words), words, row.Index, row.heading))
        return pd.DataFrame(rows, columns=["start", "end", "text", "paragraph", "heading"])


def read(path: str | Path, *, published: date | str | None = None, language: str | None = None) -> Dispatch:
    """
    Read a dispatch from a file.

    Parameters
    ----------
    path
        A UTF-8 text file.
    published
        Day of publication, as a date or ISO 8601 text; dates such as "yesterday" are counted from it.
    language
        ``fr``, ``en``, ``ar`` or ``tr``; recognised by its small words if not given.

    Returns
    -------
    Dispatch
        The text and what is known of it.

    Raises
    ------
    DispatchError
        If the file is missing, empty, binary, not UTF-8, or in an unsupported language.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= _LARGEST else b""
    except OSError as fault:
        raise DispatchError(
            f"{path.name}: cannot be read ({fault.strerror}); give a text file in UTF-8"
        ) from None
    if size > _LARGEST:
        raise DispatchError(f"{path.name}: has {size:,} bytes; a dispatch has at most {_LARGEST:,}; cut it")
    return from_text(decode(raw, path.name), published=published, language=language, name=path.name)


def from_text(
    text: str, *, published: date | str | None = None, language: str | None = None, name: str = "text"
) -> Dispatch:
    """
    Make a dispatch of a text at hand.

    Parameters
    ----------
    text
        The dispatch's words; half of a surrogate pair in it becomes U+FFFD.
    published
        Day of publication, as a date or ISO 8601 text.
    language
        ``fr``, ``en``, ``ar`` or ``tr``; recognised by its small words if not given.
    name
        What messages call it.

    Returns
    -------
    Dispatch
        The text and what is known of it.

    Raises
    ------
    DispatchError
        If the text is empty or binary, in an unsupported language, or the day is no day.
    """
    text = legible(text)
    if not text.strip(_BLANK):
        raise DispatchError(f"{name}: the dispatch is empty; give a text of at least one sentence")
    controls = sum(unicodedata.category(c) == "Cc" and c not in "\n\r\t\f\v" for c in text[:4000])
    if "\x00" in text or controls > 8:
        raise DispatchError(f"{name}: looks like a binary file, not a text; save it as plain text in UTF-8")
    if language is None:
        language = recognise(text, name=name)
    elif language not in LANGUAGES:
        raise DispatchError(f"{name}: language {language!r} is not one of {', '.join(LANGUAGES)}")
    parts = paragraphs(text)
    title = parts["text"].iloc[0] if len(parts) else text.strip()
    return Dispatch(
        dispatch_id="d" + hashlib.sha256(text.encode()).hexdigest()[:12],
        text=text,
        language=language,
        published=parse_day(published, name=name),
        title=title if len(title) <= 120 else title[:119].rsplit(" ", 1)[0] + "…",
        name=name,
    )


def recognise(text: str, *, name: str = "text", otherwise: str | None = None) -> str:
    """
    Recognise the language of a text by its small words.

    Parameters
    ----------
    text
        Any text; its first 20,000 characters are read.
    name
        What messages call it.
    otherwise
        What to answer of a text too short to tell; then two small words are asked for.

    Returns
    -------
    str
        One of `LANGUAGES`.

    Raises
    ------
    DispatchError
        If the text is in another language, or too short to tell and nothing is said for that.

    Notes
    -----
    The share of the text's words that are stop words of spaCy's list for each language; the largest wins.
    """
    words = [word.casefold().replace("’", "'") for word in _WORD.findall(text[:20_000])]
    # elided articles count as the small words they are: l'armée, d'Alep
    words += [word.split("'")[0] + "'" for word in words if "'" in word]
    told = {lang: sum(word in _stop_words(lang) for word in words) for lang in _KNOWN}
    shares = {lang: count / max(1, len(words)) for lang, count in told.items()}
    best, second = sorted(shares, key=lambda lang: (-shares[lang], lang))[:2]
    unsure = shares[best] < 0.08 or shares[best] - shares[second] < 0.02
    if otherwise is not None and (
        unsure or told[best] < 2
    ):  # one word may be chance: seize is a number in French
        return otherwise
    if unsure:
        raise DispatchError(
            f"{name}: its language cannot be told; say which with --lang ({', '.join(LANGUAGES)})"
        )
    if best not in LANGUAGES:
        raise DispatchError(f"{name}: seems to be in {best!r}; supported are {', '.join(LANGUAGES)}")
    return best


def paragraphs(text: str) -> pd.DataFrame:
    """
    Cut a text into paragraphs: a line is one, unless it is plainly a wrapped part of the one before.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    pandas.DataFrame
        Columns start, end (offsets), text, heading (bool): in capitals, or a short line without a full stop
        that opens the text or stands between blank lines.
    """
    return pd.DataFrame(lines(legible(text)), columns=list(Line._fields))


class Line(NamedTuple):
    """A paragraph: its offsets, its words, and whether it is a heading."""

    start: int
    end: int
    text: str
    heading: bool


@lru_cache(maxsize=8)
def lines(text: str) -> tuple[Line, ...]:
    """
    Cut a text into paragraphs, as `paragraphs` does, without a table.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    tuple of Line
        In the order of the text.
    """
    spans: list[tuple[int, int]] = []
    for match in re.finditer(r"[^\n\r\u2028\u2029]+", text):
        line = match.group().strip(_BLANK)
        if not line:
            continue
        start = match.start() + match.group().index(line[0])
        end = start + len(line)
        if spans and _goes_on(text, spans[-1], start):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return tuple(Line(s, e, text[s:e], _is_heading(text, s, e, opens=s == spans[0][0])) for s, e in spans)


def parse_day(day: date | str | None, *, name: str = "text") -> date | None:
    """
    Read a day given as a date, as ISO 8601 text, or not at all.

    Parameters
    ----------
    day
        The day, or None.
    name
        What the message calls the dispatch.

    Returns
    -------
    datetime.date or None
        The day (UTC+3).

    Raises
    ------
    DispatchError
        If the text is no ISO 8601 day.
    """
    if day is None or isinstance(day, date):
        return day
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
            raise ValueError
        return date.fromisoformat(day)
    except ValueError:
        raise DispatchError(
            f"{name}: {day!r} is not a day; write it as YYYY-MM-DD, for example 2024-12-06"
        ) from None


def decode(raw: bytes, name: str) -> str:
    """
    Decode the bytes of a text file.

    Parameters
    ----------
    raw
        What the file holds.
    name
        What messages call it.

    Returns
    -------
    str
        The text.

    Raises
    ------
    DispatchError
        If it is binary or not UTF-8.
    """
    wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\x00" in raw[:4096] and not wide:
        raise DispatchError(f"{name}: looks like a binary file, not a text; save it as plain text in UTF-8")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        what = f"not UTF-8 (byte {fault.start}: 0x{raw[fault.start]:02x})"
        raise DispatchError(f"{name}: {what}; {as_utf8(raw, name)}") from None
    _refuse_garbled(text, name)
    return text


def _refuse_garbled(text: str, name: str) -> None:
    """Refuse a text that was read in a wrong encoding once and saved so: "entrÃ©es", "d\ufffdcembre"."""
    if text.count("\ufffd") > 2:
        raise DispatchError(
            f"{name}: letters are lost (\ufffd); take the text from its source again, in UTF-8"
        )
    marked = _NOT_ASCII.findall(text[:20_000])
    twice = [run for run in marked if _decoded_again(run)]
    if len(twice) > 1 and len(twice) > len(marked) / 2:
        raise DispatchError(
            f"{name}: was saved in a wrong encoding ({twice[0]!r} for {_decoded_again(twice[0])!r}); "
            "take the text from its source again, in UTF-8"
        )


def _decoded_again(run: str) -> str:
    for encoding in ("cp1252", "latin-1"):
        try:
            return run.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return ""


def _goes_on(text: str, previous: tuple[int, int], start: int) -> bool:
    last_line = text[_line_start(text, *previous) : previous[1]]
    if len(last_line) < _WRAPPED or last_line.endswith(_TERMINAL) or _in_capitals(last_line):
        return False
    return len(re.findall(r"\r\n|[\n\r\u2028\u2029]", text[previous[1] : start])) == 1


def _line_start(text: str, start: int, end: int) -> int:
    return max(start, text.rfind("\n", start, end) + 1, text.rfind("\r", start, end) + 1)


def _in_capitals(line: str) -> bool:
    capitals, small = sum(map(str.isupper, line)), sum(map(str.islower, line))
    return capitals + small >= 4 and capitals >= 3 * small


def _is_heading(text: str, start: int, end: int, *, opens: bool) -> bool:
    line = text[start:end]
    if _in_capitals(line):
        return True
    alone = opens or re.search(r"\n\s*\n\s*$", text[max(0, start - 8) : start]) is not None
    followed = _LINE_END.match(text, end) is not None
    return alone and followed and len(line.split()) <= 16 and not line.endswith((".", "…", ":", ","))


@cache
def _stop_words(language: str) -> frozenset[str]:
    words = import_module(f"spacy.lang.{language}.stop_words").STOP_WORDS
    return frozenset(word.replace("’", "'") for word in words)


@cache
def _splitter(language: str) -> Language:
    nlp = spacy.blank(language)
    nlp.add_pipe("sentencizer")
    return nlp
