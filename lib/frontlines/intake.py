"""Files of other projects, read in pieces: delimiter, header, zip archives, and rows that are no rows."""

import codecs
import csv
import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc
from tqdm import tqdm

from frontlines.data import as_utf8
from frontlines.errors import SchemaError

PIECE_BYTES = 8 << 20  # about 20,000 rows of GDELT; a row must fit into one piece
_MOST_BYTES, _SMALL_BYTES = 32 << 30, 64 << 20
_MOST_RATIO = 100  # a table shrinks to a tenth, not a hundredth
_DELIMITERS = (",", ";", "\t")
_HEAD_BYTES = 1 << 16


@dataclass
class Pieces:
    """A table in pieces: `header` as the file has it, `delimiter`, and the `broken` rows met so far."""

    path: Path
    header: list[str]
    delimiter: str
    titled: bool
    quoted: bool = True
    broken: list[tuple[int, str, str, str]] = field(default_factory=list)

    def __iter__(self) -> Iterator[pd.DataFrame]:
        """Give the pieces: all cells text, the index counts rows (1 is the first under the header)."""
        with _opened(self.path) as (stream, size), _bar(self.path, size) as bar:
            last = 0
            for table in _tables(self, _Utf8(stream)):
                done = len(self.broken)
                broken = np.array([row for row, *_ in self.broken[:done]], dtype=int)
                rows = _numbers(last, len(table), broken)
                last = int(rows[-1]) if len(rows) else last
                bar.update(min(stream.tell(), size) - bar.n)
                yield table.to_pandas().set_axis(pd.Index(rows, name="row"), axis="index")


class _Utf8(io.RawIOBase):
    """A stream of bytes that says where they are not UTF-8."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream, self.at = stream, 0
        self.decoder = codecs.getincrementaldecoder("utf-8")()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self.stream.read(len(buffer))
        before = len(self.decoder.getstate()[0])
        try:
            self.decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as fault:
            raise SchemaError(f"not UTF-8 (byte {self.at - before + fault.start})") from None
        self.at += len(piece)
        buffer[: len(piece)] = piece
        return len(piece)


def read(path: str | Path, *, known: Sequence[str], positional: bool = False) -> Pieces:
    """
    Open a table of text for reading in pieces.

    Parameters
    ----------
    path
        A CSV in UTF-8, with or without a byte order mark, or a zip archive that holds one and nothing else.
    known
        Column names to expect, in lower case: the delimiter (comma, semicolon, tab) is the one that yields
        most of them.
    positional
        Whether the file is tab-separated, in the order of `known`, and need not have a header.

    Returns
    -------
    Pieces
        Iterate over it for the pieces.

    Raises
    ------
    SchemaError
        If it is no such file, or an archive that should not be opened.
    """
    path = Path(path)
    with _opened(path) as (stream, _):
        line = _first_line(path, stream.read(_HEAD_BYTES))
    delimiters = _DELIMITERS[2:] if positional else _DELIMITERS
    splits = {d: next(csv.reader([line], delimiter=d), []) for d in delimiters}
    delimiter = max(splits, key=lambda d: (_hits(splits[d], known), len(splits[d])))
    header = [name.strip() for name in splits[delimiter]]
    titled = not positional or _hits(header, known) > len(known) // 2
    if positional and len(header) != len(known):
        raise SchemaError(
            f"{path.name}: row 1 has {len(header)} cells; expected {len(known)}, separated by tabs"
        )
    if positional:
        header = list(known)
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise SchemaError(f"{path.name}: column {doubled[0]!r} stands twice in the header; keep one")
    return Pieces(path, header, delimiter, titled, quoted=not positional)


def neutral(text: pd.Series, *, formulas: bool = True) -> pd.Series:
    """
    Put an apostrophe before texts that a spreadsheet would run as a formula.

    Parameters
    ----------
    text
        Cells.
    formulas
        False: only before those that have such an apostrophe, so that `plain` gives them back.

    Returns
    -------
    pandas.Series
        Those that begin with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return have it.
    """
    before = "*" if formulas else "+"
    return text.str.replace(rf"^(?='{before}[=+\-@\t\r])", "'", regex=True)


def safe(frame: pd.DataFrame, *, formulas: bool) -> pd.DataFrame:
    """
    Make a table's texts fit for a CSV, as `neutral` does.

    Parameters
    ----------
    frame
        Any table.
    formulas
        As for `neutral`.

    Returns
    -------
    pandas.DataFrame
        The table, its numbers as they were.
    """
    texts = [c for c in frame.columns if not pd.api.types.is_numeric_dtype(frame[c])]
    return frame.assign(**{c: neutral(frame[c].astype("str"), formulas=formulas) for c in texts})


def plain(text: pd.Series) -> pd.Series:
    """
    Take the apostrophe of `neutral` away.

    Parameters
    ----------
    text
        Cells.

    Returns
    -------
    pandas.Series
        The cells as they were.
    """
    return text.str.replace(r"^'(?='*[=+\-@\t\r])", "", regex=True)


def _hits(header: Sequence[str], known: Sequence[str]) -> int:
    return len({name.strip().lower() for name in header} & {name.lower() for name in known})


def _first_line(path: Path, head: bytes) -> str:
    hint = as_utf8(head, path.name)
    if b"\x00" in head:
        wide = "UTF-16" in hint
        what = f"is in UTF-16; {hint}" if wide else "looks like a binary file or a broken archive"
        raise SchemaError(f"{path.name}: {what}{'; give a CSV in UTF-8, or a zip of one' * (not wide)}")
    try:
        # a cut through a letter at the end of the piece is no fault
        text = head.decode("utf-8-sig", errors="strict" if len(head) < _HEAD_BYTES else "ignore")
    except UnicodeDecodeError as fault:
        raise SchemaError(f"{path.name}: not UTF-8 (byte {fault.start}); {hint}") from None
    if not text.strip():
        raise SchemaError(f"{path.name}: the file is empty; give a CSV in UTF-8")
    return text.splitlines()[0]


def _tables(pieces: Pieces, stream: io.RawIOBase) -> Iterator[pa.RecordBatch]:
    names, width = pieces.header, len(pieces.header)

    def note(row: pc.InvalidRow) -> str:
        number = row.number - pieces.titled
        pieces.broken.append((number, "", row.text, f"{width} cells, not {row.actual_columns}"))
        return "skip"

    try:
        yield from pc.open_csv(
            stream,
            pc.ReadOptions(
                use_threads=False, block_size=PIECE_BYTES, column_names=names, skip_rows=int(pieces.titled)
            ),
            pc.ParseOptions(
                delimiter=pieces.delimiter, quote_char='"' if pieces.quoted else False,
                newlines_in_values=pieces.quoted, ignore_empty_lines=True, invalid_row_handler=note,
            ),
            pc.ConvertOptions(column_types={n: pa.string() for n in names}, strings_can_be_null=False),
        )  # fmt: skip
    except SchemaError as fault:
        raise SchemaError(f"{pieces.path.name}: {fault}; save it as CSV in UTF-8") from None
    except pa.ArrowInvalid as fault:
        if "Empty CSV" in str(fault):
            return
        raise SchemaError(f"{pieces.path.name}: cannot be read as a CSV ({fault}); save it as one") from None
    except (zipfile.BadZipFile, zlib.error, EOFError) as fault:
        raise SchemaError(f"{pieces.path.name}: the archive is damaged ({fault}); fetch it again") from None


def _numbers(last: int, count: int, broken: np.ndarray) -> np.ndarray:
    """Count rows on from the last, leaving out the numbers of broken ones."""
    broken = broken[broken > last]
    free = np.arange(last + 1, last + 1 + count + len(broken))
    return np.setdiff1d(free, broken, assume_unique=True)[:count]


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], int]]:
    """Open the file, or the one table in the archive, with its size."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as stream:
            yield stream, path.stat().st_size
        return
    try:
        with zipfile.ZipFile(path) as archive:
            member = _member(path, archive.infolist())
            with archive.open(member) as stream:
                yield io.BufferedReader(stream), member.file_size  # type: ignore[type-var]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as fault:
        raise SchemaError(f"{path.name}: the archive cannot be read ({fault}); fetch it again") from None


def _member(path: Path, members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """Give the only table of the archive, if it is safe to read."""
    if len(members) != 1:
        listed = ", ".join(member.filename for member in members[:3]) or "nothing"
        raise SchemaError(
            f"{path.name}: the archive holds {len(members)} files ({listed}); expected one table"
        )
    member = members[0]
    name = member.filename.replace("\\", "/")
    most = min(_MOST_BYTES, max(_SMALL_BYTES, _MOST_RATIO * member.compress_size))
    reason = ""
    if name.startswith("/") or ".." in name.split("/") or ":" in name:
        reason = "its name leads out of the archive"
    elif stat.S_ISLNK(member.external_attr >> 16):
        reason = "it is a link, not a file"
    elif member.is_dir() or name.lower().endswith((".zip", ".gz", ".7z", ".rar", ".xz", ".bz2")):
        reason = "it is no table"
    elif member.flag_bits & 1:
        reason = "it is encrypted"
    elif member.file_size > most:
        reason = f"it would unpack to {member.file_size:,} bytes from {member.compress_size:,}"
    if reason:
        raise SchemaError(f"{path.name}: {member.filename!r} in the archive is refused: {reason}")
    return member


def _bar(path: Path, size: int) -> "tqdm[None]":
    return tqdm(total=size, desc=path.name, unit="B", unit_scale=True, delay=2, disable=None, leave=False)
