"""How well zones tell places that they have not seen: one sub-district left out at a time."""

import numpy as np
import pandas as pd

from frontlines.context import subdistricts_of, with_context
from frontlines.errors import SchemaError
from frontlines.shares import (
    BANDWIDTH_KM,
    REACH_KM,
    coordinates_of,
    evidence_of,
    speaks_around,
    thinned,
)  # fmt: skip


def accuracy(
    timeline: pd.DataFrame, *, method: str = "voronoi", bandwidth_km: float = BANDWIDTH_KM
) -> pd.DataFrame:
    """
    Test a method on places that it has not seen: leave one sub-district out at a time.

    Parameters
    ----------
    timeline
        A table of `control.timeline`.
    method
        ``voronoi`` or ``kernel``.
    bandwidth_km
        Standard deviation of the kernel.

    Returns
    -------
    pandas.DataFrame
        Columns side, places, right (share of the side's places told rightly from those of all other
        sub-districts); the row ``balanced`` has the mean over the sides with places in more than one
        sub-district, ``all`` the mean over the places.
    """
    told = predicted(timeline, method=method, bandwidth_km=bandwidth_km)
    told["right"] = told["side"] == told["predicted"]
    table = told.groupby("side").agg(
        places=("right", "size"), right=("right", "mean"), blocks=("block", "nunique")
    )
    fair = table.loc[table.pop("blocks") > 1, "right"].mean()
    means = pd.DataFrame(
        {"side": ["balanced", "all"], "places": len(told), "right": [fair, told["right"].mean()]}
    )
    return pd.concat([table.reset_index(), means], ignore_index=True)


def predicted(
    timeline: pd.DataFrame, *, method: str = "voronoi", bandwidth_km: float = BANDWIDTH_KM
) -> pd.DataFrame:
    """
    Tell the side of each place from all other sub-districts: their places, and what goes with these.

    Parameters
    ----------
    timeline
        A table of `control.timeline`; only places ``held`` that speak for the ground around them are
        tested and used: quarters and sites near a town are not.
    method
        ``voronoi`` or ``kernel``.
    bandwidth_km
        Standard deviation of the kernel.

    Returns
    -------
    pandas.DataFrame
        Columns place_id, block (number of its sub-district), side, predicted, share (of the predicted side,
        0-1; 1 for ``voronoi``).

    Raises
    ------
    SchemaError
        If the places do not spread over two sub-districts or more.
    """
    evidence = evidence_of(timeline[timeline["state"] == "held"])
    evidence = evidence[speaks_around(evidence, REACH_KM)].reset_index(drop=True)
    known = with_context(evidence)
    side, sides = known["side"].to_numpy(), np.unique(known["side"])
    block = subdistricts_of(evidence)
    if len(np.unique(block)) < 2:
        raise SchemaError("all places lie in one sub-district; a test on unseen ones needs two or more")
    apart = coordinates_of(evidence)[:, None, :] - coordinates_of(known)[None, :, :]
    distance = np.hypot(apart[..., 0], apart[..., 1])
    # hidden with a place: its sub-district, and the ones that go with a seat there
    seat = known["seat"].map(dict(zip(evidence["place_id"], block, strict=True))).to_numpy()
    for theirs, own in ((subdistricts_of(known), block), (seat, block)):
        distance[own[:, None] == theirs[None, :]] = np.inf
    distance[evidence["bank"].to_numpy()[:, None] != known["bank"].to_numpy()[None, :]] = np.inf
    if method == "kernel":
        thin = known.geometry.to_wkb().isin(thinned(known).geometry.to_wkb())
        distance[:, ~thin] = np.inf
        # differences from the nearest keep far places from vanishing in rounding
        nearest = distance.min(axis=1, keepdims=True)
        worth = np.exp((nearest**2 - distance**2) / (2 * (bandwidth_km * 1e3) ** 2))
        worth *= known["weight"].to_numpy()
    else:
        worth = (distance == distance.min(axis=1, keepdims=True)).astype(float)
    share = np.stack([worth[:, side == one].sum(axis=1) for one in sides], axis=1)
    share /= share.sum(axis=1, keepdims=True)
    best = share.argmax(axis=1)
    return pd.DataFrame(
        {
            "place_id": evidence["place_id"].to_numpy(),
            "block": block,
            "side": evidence["side"].to_numpy(),
            "predicted": sides[best],
            "share": share[np.arange(len(best)), best],
        }
    )


def calibration(
    timeline: pd.DataFrame, *, bandwidth_km: float = BANDWIDTH_KM, steps: int = 5
) -> pd.DataFrame:
    """
    Hold the kernel's share of nearby evidence against how often the side with that share is right.

    Parameters
    ----------
    timeline, bandwidth_km
        As for `predicted`.
    steps
        Into how many classes with equally many places to part them.

    Returns
    -------
    pandas.DataFrame
        Columns share (mean of the class, 0-1), right (share of its places told rightly), places, low, high
        (95 % interval of `right`, by Wilson), sorted by share. Were the share a probability, the two would
        agree.
    """
    told = predicted(timeline, method="kernel", bandwidth_km=bandwidth_km)
    told["right"] = (told["side"] == told["predicted"]).astype(float)
    told = told.sort_values(["share", "place_id"], ignore_index=True)
    classes = told.groupby(np.arange(len(told)) * steps // len(told))
    table = classes.agg(share=("share", "mean"), right=("right", "mean"), places=("right", "size"))
    n, p, z = table["places"], table["right"], 1.96
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return table.assign(low=middle - half, high=middle + half).reset_index(drop=True)
