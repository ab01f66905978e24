"""Rows that every activity touches, written and read without putting their SQL together anew.

What a model's own `save` and `select_related` do, for a row by its number. Fields that a database
fills in, and signals, are not thought of: no model here has them.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections
from django.db.models import BooleanField, Field, Model

Row = TypeVar("Row", bound=Model)


def insert(of: Row) -> Row:
    """Add a row, which knows its number from then on."""
    _add(of, f"{_insert(type(of))} RETURNING id")
    return of


def insert_new(of: Model) -> bool:
    """Add a row unless one like it is there already; return whether it was added."""
    return _add(of, f"{_insert(type(of))} ON CONFLICT DO NOTHING RETURNING id")


def _add(of: Model, query: str) -> bool:
    to = connections[DEFAULT_DB_ALIAS]
    fields = _fields(type(of), None)
    values = [field.get_db_prep_save(getattr(of, field.attname), to) for field in fields]
    with to.cursor() as cursor:
        cursor.execute(query, values)
        if (told := cursor.fetchone()) is None:
            return False
    of.pk = told[0]
    of._state.adding, of._state.db = False, DEFAULT_DB_ALIAS
    return True


def update(of: Model, names: Sequence[str]) -> None:
    """Write some fields of a row. Raises DatabaseError if it is gone."""
    to = connections[DEFAULT_DB_ALIAS]
    fields = _fields(type(of), tuple(names))
    values = [field.get_db_prep_save(getattr(of, field.attname), to) for field in fields]
    with to.cursor() as cursor:
        cursor.execute(_update(type(of), tuple(names)), [*values, of.pk])
        if cursor.rowcount == 0:
            raise DatabaseError(f"{type(of).__name__} {of.pk} is gone")


def lock(of: Model, names: Sequence[str]) -> None:
    """Let nobody else write a row until the transaction ends, and read some fields of it anew.

    On SQLite whoever is in a transaction is alone anyway. Raises DatabaseError if it is gone.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(_lock(type(of), tuple(names)), [of.pk])
        told = cursor.fetchone()
    if told is None:
        raise DatabaseError(f"{type(of).__name__} {of.pk} is gone")
    for field, value in zip(_fields(type(of), tuple(names)), told, strict=True):
        setattr(of, field.attname, value)


@functools.cache
def columns(of: type[Model], table: str) -> str:
    """Return all columns of a model, as a query names them that calls its table so."""
    return ", ".join(f"{table}.{_quoted(field)}" for field in of._meta.concrete_fields)


def row(of: type[Row], values: Sequence[Any]) -> Row:
    """Return a row of a model, from the values of all its columns."""
    names, truths = _names(of)
    told = list(values)
    for n in truths:  # SQLite knows no truth values
        told[n] = told[n] if told[n] is None else bool(told[n])
    return of.from_db(DEFAULT_DB_ALIAS, names, told)


@functools.cache
def _names(of: type[Model]) -> tuple[list[str], list[int]]:
    fields = of._meta.concrete_fields
    truths = [n for n, field in enumerate(fields) if isinstance(field, BooleanField)]
    return [field.attname for field in fields], truths


@functools.cache
def _fields(of: type[Model], names: tuple[str, ...] | None) -> list[Field[Any, Any]]:
    if names is not None:
        return [of._meta.get_field(name) for name in names]  # type: ignore[misc]  # no relations
    return [field for field in of._meta.concrete_fields if not field.primary_key]


@functools.cache
def _insert(of: type[Model]) -> str:
    fields = _fields(of, None)
    named, marks = ", ".join(map(_quoted, fields)), ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {of._meta.db_table} ({named}) VALUES ({marks})"


@functools.cache
def _lock(of: type[Model], names: tuple[str, ...]) -> str:
    told = ", ".join(map(_quoted, _fields(of, names)))
    return f"SELECT {told} FROM {of._meta.db_table} WHERE id = %s FOR NO KEY UPDATE"


@functools.cache
def _update(of: type[Model], names: tuple[str, ...]) -> str:
    told = ", ".join(f"{_quoted(field)} = %s" for field in _fields(of, names))
    return f"UPDATE {of._meta.db_table} SET {told} WHERE id = %s"


def _quoted(field: Field[Any, Any]) -> str:
    return connection.ops.quote_name(field.column or field.attname)
