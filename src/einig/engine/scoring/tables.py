"""A history's tables on the engine that executes an expression: DuckDB or Spark."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
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
from ibis.expr.types import Table

from einig.engine.document import refuse
from einig.engine.history.contract import History
from einig.engine.scoring.clauses import Forms
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

    def property(self, events: Table, name: str) -> Forms:
        """Return the forms of a property; null where no activity has it."""
        columns = {fold(column): column for column in events.columns}
        text, number, low = (columns.get(f"{kind}:{fold(name)}") for kind in Forms._fields)
        return Forms(
            events[text] if text else ibis.null("string"),
            events[number] if number else ibis.null("float64"),
            events[low] if low else ibis.null("float64"),
        )


@contextmanager
def tables(history: History, engine: Literal["duckdb", "spark"]) -> Iterator[Tables]:
    """Open a history's tables on an engine, and close it afterwards."""
    number = pa.array(np.arange(len(history.leads), dtype=np.int32))
    numbered = history.leads.append_column("lead", number)
    with tempfile.TemporaryDirectory(prefix="einig-") as folder, _opened(engine, folder) as backend:
        yield Tables(
            leads=_read(backend, "leads", numbered, Path(folder)),
            facts=_read(backend, "facts", history.facts, Path(folder)),
            events=_read(backend, "events", history.events, Path(folder)),
            activities=tuple(map(str, _distinct(history))),
            attribute_names=tuple(map(str, history.facts["attribute"].unique().to_pylist())),
        )


def fetched(rows: Table) -> pa.Table:
    """Execute an expression and return its rows."""
    backend = rows.get_backend()
    if backend.name == "pyspark":  # Ibis would take the way through pandas
        return backend._session.sql(backend.compile(rows)).toArrow()
    return rows.to_pyarrow()


@contextmanager
def _opened(engine: Literal["duckdb", "spark"], folder: str) -> Iterator[Any]:
    if engine == "duckdb":
        backend = ibis.duckdb.connect()
        yield backend
        backend.disconnect()
        return
    with warnings.catch_warnings():
        # Spark says this whenever it meets pandas 3; nothing of ours passes through pandas
        message = "PySpark does not yet fully support pandas"
        warnings.filterwarnings("ignore", message, FutureWarning)
        with _session(folder) as session:
            yield ibis.pyspark.connect(session)


def _distinct(history: History) -> Iterable[str]:
    if history.about.activities:
        return history.about.activities
    names: list[str] = history.events.to_table(columns=["type"])["type"].unique().to_pylist()
    return names


def _read(backend: Any, name: str, source: pa.Table | ds.Dataset, folder: Path) -> Table:
    if isinstance(source, ds.FileSystemDataset):
        files = source.files
    else:
        files = [str(folder / f"{name}.parquet")]
        pq.write_table(source.to_table() if isinstance(source, ds.Dataset) else source, files[0])
    if backend.name == "pyspark":
        backend._session.read.parquet(*files).createOrReplaceTempView(name)
        table = backend.table(name)
    else:
        table = backend.read_parquet(files, table_name=name)
    return table.cast({"lead": "int64"})


@contextmanager
def _session(folder: str) -> Iterator[Any]:
    """Open a session of Spark: the one that is running, or one of our own on this machine."""
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415  # an extra: absent unless asked for
    except ImportError:
        remedy = "Install it with: pip install 'einig[spark]' (it needs Java 17 or newer)."
        raise refuse("Spark is not installed.", remedy, file="--engine spark") from None
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        remedy = "Install Java 17 or newer, or choose another --engine."
        raise refuse("Spark needs Java.", remedy, file="--engine spark")
    running = SparkSession.getActiveSession()
    if running is not None:
        yield running
        return
    session = _started(SparkSession.builder, folder)
    try:
        yield session
    finally:
        session.stop()


def _started(builder: Any, folder: str) -> Any:
    quiet = Path(folder) / "log4j2.properties"
    quiet.write_text("rootLogger.level = error\n", encoding="utf-8")
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("SPARK_SUBMIT_OPTS", f"-Dlog4j2.configurationFile=file:{quiet}")
    told = {
        "spark.master": "local[*]",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.warehouse.dir": folder,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = builder.appName("einig")
    for name, value in told.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
