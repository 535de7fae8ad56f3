"""When somebody can come: working time, what is taken, the customer's wishes, and why a start is not offered.

Pure: rules, diaries and the time of asking in; slots out. `find` calls `working` (when a resource works) and `sweep`
(what is left of it); `rank` chooses what to offer, `explain` says what is in the way.
"""

from handlers.domain.availability.diary import Diary
from handlers.domain.availability.explain import explain
from handlers.domain.availability.find import find_slots
from handlers.domain.availability.rank import pick

__all__ = ["Diary", "explain", "find_slots", "pick"]
