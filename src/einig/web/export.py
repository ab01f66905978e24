"""Export: any list as a file that a spreadsheet opens, and that runs nothing there."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpRequest, StreamingHttpResponse


def wanted(request: HttpRequest) -> bool:
    """Return whether a list is asked for as a file."""
    return request.GET.get("format") == "csv"


def csv_of(
    name: str, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """Return rows as a CSV file (UTF-8 with its mark, commas), formulas defused; None is empty."""

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield "\ufeff" + writer.writerow(head)
        for row in rows:
            yield writer.writerow([_defused(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


class _Echo:
    def write(self, value: str) -> str:
        return value


def _defused(cell: object) -> object:
    """Keep a spreadsheet from running what somebody typed."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in {*"=+-@\t\r"} and isinstance(cell, str) else text
