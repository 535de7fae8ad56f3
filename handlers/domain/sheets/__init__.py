"""A list that people keep in a spreadsheet, beside the same list in the store: what stands where, which row is whose, who wins.

Pure: `layout` finds the heading and the rows, `match` tells which row is which record, `merge` decides cell by cell.
"""

from handlers.domain.sheets.layout import BOT, ID, STATUS, Column, Layout, Row, RowFaults, RowSkipped, Table
from handlers.domain.sheets.match import Base, Matched, match
from handlers.domain.sheets.merge import Held, Merged, Wrote, agreed, created, merge
from handlers.domain.sheets.told import RowFault, Told

__all__ = [
    "BOT",
    "ID",
    "STATUS",
    "Base",
    "Column",
    "Held",
    "Layout",
    "Matched",
    "Merged",
    "Row",
    "RowFault",
    "RowFaults",
    "RowSkipped",
    "Table",
    "Told",
    "Wrote",
    "agreed",
    "created",
    "match",
    "merge",
]
