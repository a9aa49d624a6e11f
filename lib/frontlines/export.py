"""The events table for others: ACLED's shape, CSV, GeoPackage, GeoJSON, GeoParquet, and what to cite."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from frontlines import __version__, acled, data, events, intake, styles
from frontlines.errors import UnknownCodeError


def write(frame: pd.DataFrame, path: str | Path, *, to: str, safe_cells: bool = False) -> pd.DataFrame:
    """
    Write an events table in a form that other tools read.

    Parameters
    ----------
    frame
        An events table (CODEBOOK); further columns are kept, except in ACLED's shape.
    path
        The file to write; what to cite for it (`citation`) goes beside it, with ``.cff`` after its name.
    to
        ``"acled"`` (CSV, 31 columns), ``"csv"``, ``"gpkg"``, ``"geojson"`` or ``"parquet"``.
    safe_cells
        Put an apostrophe before texts that a spreadsheet would run as a formula (CSV only).

    Returns
    -------
    pandas.DataFrame
        Columns what, rows: rows in, rows out, and those left out with the reason (ACLED's shape only).

    Raises
    ------
    UnknownCodeError
        If there is no such form, or the file's ending is that of another.

    Notes
    -----
    GeoPackage, GeoJSON and GeoParquet have the events columns, `side` (of the actor on that day) and the
    point in EPSG:4326; events without a point have no geometry. All but ACLED's shape come back from
    `exchange.read(path, source="events")` as they were, ACLED's shape from ``source="acled"``.
    """
    if to not in FORMS:
        raise UnknownCodeError(f"to was {to!r}; expected one of {', '.join(FORMS)}")
    endings = _ENDINGS.get(to, (f".{to}",))
    if Path(path).suffix.lower() not in endings:
        raise UnknownCodeError(f"{path}: does not end in {' or '.join(endings)}, as {to} does; name it so")
    frame = frame.reset_index(drop=True)
    left_out = pd.Series("", index=frame.index)
    if to == "acled":
        left_out = acled.left_out(frame)
    out = frame[left_out == ""]
    with events.aside(Path(path)) as part:
        FORMS[to](out, part, safe_cells)
    with events.aside(Path(f"{path}.cff")) as part:
        part.write_text(citation(out), encoding="utf-8", newline="\n")
    counts = [("rows in", len(frame)), ("rows out", len(out))]
    counts += [(f"left out, {why}", n) for why, n in left_out[left_out != ""].value_counts().items()]
    return pd.DataFrame(counts, columns=["what", "rows"])


def points(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    """
    Give events their points.

    Parameters
    ----------
    frame
        An events table (CODEBOOK).

    Returns
    -------
    geopandas.GeoDataFrame
        The table with `side` (of the first actor on that day; empty if none) and geometry (EPSG:4326).
    """
    frame = events.tidy(frame.reset_index(drop=True))
    who = list(zip(frame["actor"], frame["date"], strict=True))
    sides = {pair: acled.side_of(*pair) for pair in dict.fromkeys(who)}
    frame = frame.assign(side=pd.Series([sides[pair] for pair in who], dtype="str"))
    points = gpd.GeoSeries(gpd.points_from_xy(frame["lon"], frame["lat"]), crs=4326)
    return gpd.GeoDataFrame(frame, geometry=points.where(frame["lat"].notna(), None))


def citation(frame: pd.DataFrame) -> str:
    """
    Say what to cite for a table, in the Citation File Format.

    Parameters
    ----------
    frame
        An events table; `coder` and the record's `sources` tell whom it comes from.

    Returns
    -------
    str
        A CITATION.cff (YAML): this project, the data sets, and the reports that the rows cite.
    """
    known = data.table("exchange/citations")
    used = known[known["format"].isin(set(frame["coder"]))]
    references = [
        {
            "type": row["type"],
            "title": row["title"],
            "authors": [_person(name) for name in row["authors"].split("; ")],
            "year": int(row["year"]),
            "journal": row["publication"],
            "url": row["address"],
            "notes": row["terms"],
        }
        for row in used.to_dict("records")
    ]
    cited = {one for ids in frame.get("sources", pd.Series(dtype="str")) for one in ids.split(";") if one}
    sources = data.table("record/sources")
    references += [
        {
            "type": "news", "title": f"{row['publisher']}, {row['date']}".strip(", "),
            "authors": [{"name": row["publisher"]}], "url": row["address"], "notes": row["note"],
        }
        for row in sources[sources["source_id"].isin(cited)].sort_values("source_id").to_dict("records")
    ]  # fmt: skip
    days = f", {min(frame['date'])} to {max(frame['date'])}" if len(frame) else ""
    whole = {
        "cff-version": "1.2.0",
        "message": "Cite this table with the project and the sources that it comes from.",
        "type": "dataset",
        "title": f"Events table of {len(frame)} rows{days}",
        "authors": [{"name": "The Frontlines authors"}],
        "version": __version__,
        "references": references,
    }
    return _yaml({key: value for key, value in whole.items() if value})


# -- the forms --------------------------------------------------------------------------------------------


def _write_acled(frame: pd.DataFrame, path: Path, safe_cells: bool) -> None:
    text = events.csv_text(intake.safe(acled.shape(frame), formulas=safe_cells))
    path.write_text(text, encoding="utf-8", newline="")


def _write_csv(frame: pd.DataFrame, path: Path, safe_cells: bool) -> None:
    text = events.to_csv(intake.safe(events.tidy(frame), formulas=safe_cells))
    path.write_text(text, encoding="utf-8", newline="")


def _write_gpkg(frame: pd.DataFrame, path: Path, _: bool) -> None:
    write_layer(points(frame), path, layer="events")


def write_layer(frame: gpd.GeoDataFrame, path: Path, *, layer: str) -> None:
    """
    Write a layer into a new GeoPackage, with the styles that QGIS and others draw it by.

    Parameters
    ----------
    frame
        Points or areas with a column `side`.
    path
        The file.
    layer
        The layer's name.
    """
    _fixed_date()
    areas = frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).any()
    shape = "MultiPolygon" if areas else "Point"
    pyogrio.write_dataframe(frame, path, driver="GPKG", layer=layer, geometry_type=shape)
    styles.embed(path, layer=layer, sides=sorted(set(frame["side"])))


def _write_geojson(frame: pd.DataFrame, path: Path, _: bool) -> None:
    _fixed_date()
    pyogrio.write_dataframe(
        points(frame),
        path,
        driver="GeoJSON",
        layer="events",
        RFC7946="YES",
        WRITE_BBOX="YES",
        WRITE_NAME="NO",
    )


def _write_parquet(frame: pd.DataFrame, path: Path, _: bool) -> None:
    points(frame).to_parquet(
        path, index=False, compression="zstd", schema_version="1.1.0", write_covering_bbox=True
    )


def _fixed_date() -> None:
    # equal tables make equal files
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2024-12-20T00:00:00.000Z"})


FORMS: dict[str, Callable[[pd.DataFrame, Path, bool], None]] = {
    "acled": _write_acled,
    "csv": _write_csv,
    "gpkg": _write_gpkg,
    "geojson": _write_geojson,
    "parquet": _write_parquet,
}


_ENDINGS = {"acled": (".csv",), "geojson": (".geojson", ".json")}


def _person(name: str) -> dict[str, str]:
    family, _, given = name.partition(", ")
    return {"family-names": family, "given-names": given}


def _yaml(value: Any, indent: str = "") -> str:
    """Write YAML: what JSON quotes, YAML reads."""
    lines = []
    for key, inner in value.items():
        if isinstance(inner, list) and inner:
            items = ["  - " + _yaml(one, indent + "    ").lstrip() for one in inner]
            lines.append(f"{indent}{key}:\n" + "".join(indent + item for item in items))
        elif inner not in ("", []):
            lines.append(f"{indent}{key}: {json.dumps(inner, ensure_ascii=False)}\n")
    return "".join(lines)
