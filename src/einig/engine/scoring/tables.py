"""A history's tables on the engine that executes an expression: DuckDB or Spark."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from ibis.expr.types import NumericValue, StringValue, Table

from einig.engine.document import refuse
from einig.engine.history.contract import History
from einig.engine.values import fold


@dataclass(frozen=True, slots=True)
class Tables:
    """Leads (lead, created_at), facts and events of a history as Ibis tables."""

    leads: Table
    facts: Table
    events: Table
    activities: tuple[str, ...]  # every type and attribute that occurs, as written
    attribute_names: tuple[str, ...]

    def types(self, names: Iterable[str]) -> list[str]:
        """Return the activity types that are equal to one of these names."""
        wanted = {fold(name) for name in names}
        return [name for name in self.activities if fold(name) in wanted]

    def attributes(self, name: str) -> list[str]:
        """Return the attributes that are equal to this folded name."""
        return [attribute for attribute in self.attribute_names if fold(attribute) == name]

    def property(self, events: Table, name: str) -> tuple[StringValue, NumericValue]:
        """Return the text and the number of a property; null where no activity has it."""
        columns = {fold(column): column for column in events.columns}
        text, number = (columns.get(f"{kind}:{fold(name)}") for kind in ("text", "number"))
        return (
            events[text] if text else ibis.null("string"),
            events[number] if number else ibis.null("float64"),
        )


@contextmanager
def tables(history: History, engine: Literal["duckdb", "spark"]) -> Iterator[Tables]:
    """Open a history's tables on an engine, and close it afterwards."""
    number = pa.array(np.arange(len(history.leads), dtype=np.int32))
    numbered = history.leads.append_column("lead", number)
    with tempfile.TemporaryDirectory(prefix="einig-") as folder:
        backend = ibis.duckdb.connect() if engine == "duckdb" else _spark()
        try:
            yield Tables(
                leads=_read(backend, "leads", numbered, Path(folder)),
                facts=_read(backend, "facts", history.facts, Path(folder)),
                events=_read(backend, "events", history.events, Path(folder)),
                activities=tuple(map(str, _distinct(history))),
                attribute_names=tuple(map(str, history.facts["attribute"].unique().to_pylist())),
            )
        finally:
            backend.disconnect()


def _distinct(history: History) -> Iterable[str]:
    if history.about.activities:
        return history.about.activities
    names: list[str] = history.events.to_table(columns=["type"])["type"].unique().to_pylist()
    return names


def _read(backend: Any, name: str, source: pa.Table | ds.Dataset, folder: Path) -> Table:
    if isinstance(source, ds.FileSystemDataset):
        table = backend.read_parquet(source.files, table_name=name)
    else:
        path = folder / f"{name}.parquet"
        pq.write_table(source.to_table() if isinstance(source, ds.Dataset) else source, path)
        table = backend.read_parquet(str(path), table_name=name)
    return table.cast({"lead": "int64"})


def _spark() -> Any:
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415  # an extra: absent unless asked for
    except ImportError:
        remedy = "Install it with: pip install 'einig[spark]' (it needs Java 17 or newer)."
        raise refuse("Spark is not installed.", remedy, file="--engine spark") from None
    session = (
        SparkSession.builder.master("local[*]")
        .appName("einig")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    return ibis.pyspark.connect(session)
