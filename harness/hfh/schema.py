# SPDX-License-Identifier: BSD-3-Clause
"""Strict reading of a TOML table: each error names the file and the key."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from hfh.errors import UsageError, near

T = TypeVar("T")


class Table:
    """A TOML table from which every key must be taken, once, with its type.

    file: shown in errors. at: dotted path of the table inside the file.
    """

    def __init__(
        self, file: str, data: Mapping[str, Any], at: str = ""
    ) -> None:
        self._file = file
        self._data = data
        self._at = at
        self._known: set[str] = set()

    def fail(self, key: str, text: str) -> UsageError:
        """Return the error for a key."""
        name = f"{self._at}.{key}" if self._at else key
        return UsageError(f'{self._file}: key "{name}": {text}')

    def has(self, key: str) -> bool:
        """Tell whether the key is there, without taking it."""
        self._known.add(key)
        return key in self._data

    def raw(self, key: str) -> Any:
        """Take a value as it is."""
        self._known.add(key)
        return self._data.get(key)

    def keys(self) -> list[str]:
        """Return the keys of a table whose names are free (cases, globs)."""
        self._known.update(self._data)
        return list(self._data)

    def _take(self, key: str, kind: type[T], words: str, default: T) -> T:
        if not self.has(key):
            return default
        value = self._data[key]
        if type(value) is not kind:
            raise self.fail(key, f"must be {words}, is {_show(value)}")
        return value

    def text(self, key: str, default: str = "") -> str:
        """Take a string."""
        return self._take(key, str, "a string", default)

    def required(self, key: str) -> str:
        """Take a string that must be there and not empty."""
        value = self.text(key)
        if not value:
            raise self.fail(key, "is missing")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """Take a boolean."""
        return self._take(key, bool, "true or false", default)

    def number(self, key: str, default: int, least: int, most: int) -> int:
        """Take an integer in least..most."""
        value = self._take(key, int, "an integer", default)
        if not least <= value <= most:
            raise self.fail(key, f"must be in {least}..{most}, is {value}")
        return value

    def seconds(self, key: str, default: float) -> float:
        """Take a positive number of seconds."""
        value = self._data[key] if self.has(key) else default
        if type(value) not in (int, float) or value <= 0:
            words = "a positive number of seconds"
            raise self.fail(key, f"must be {words}, is {_show(value)}")
        return float(value)

    def choice(self, key: str, default: str, allowed: Iterable[str]) -> str:
        """Take one of several words."""
        value, words = self.text(key, default), sorted(allowed)
        if value not in words:
            hint = near(value, words)
            raise self.fail(key, f'must not be "{value}"{hint}')
        return value

    def texts(self, key: str, default: Iterable[str] = ()) -> tuple[str, ...]:
        """Take a list of strings; a single string stands for a list of one."""
        return self._list(key, str, "a list of strings", tuple(default))

    def numbers(self, key: str, default: Iterable[int]) -> tuple[int, ...]:
        """Take a list of integers; one integer stands for a list of one."""
        return self._list(key, int, "a list of integers", tuple(default))

    def _list(
        self, key: str, kind: type[T], words: str, default: tuple[T, ...]
    ) -> tuple[T, ...]:
        if not self.has(key):
            return default
        value = self._data[key]
        items = [value] if type(value) is kind else value
        if not isinstance(items, list) or not items:
            raise self.fail(key, f"must be {words}, is {_show(value)}")
        if any(type(item) is not kind for item in items):
            raise self.fail(key, f"must be {words}, is {_show(value)}")
        return tuple(items)

    def distinct(self, key: str, items: tuple[T, ...]) -> tuple[T, ...]:
        """Return a list that was taken; UsageError for an entry twice."""
        if len(set(items)) != len(items):
            raise self.fail(key, f"has an entry twice: {_show(list(items))}")
        return items

    def table(self, key: str) -> "Table":
        """Take a sub-table; an absent one is empty."""
        value = self._data[key] if self.has(key) else {}
        if not isinstance(value, dict):
            raise self.fail(key, f"must be a table, is {_show(value)}")
        return Table(self._file, value, f"{self._at}.{key}".lstrip("."))

    def replaced(self, key: str, data: Mapping[str, Any]) -> "Table":
        """Return table(key) with other contents."""
        return Table(self._file, data, f"{self._at}.{key}".lstrip("."))

    def tables(self, key: str) -> list["Table"]:
        """Take an array of tables ([[key]] in the file)."""
        value = self._data[key] if self.has(key) else []
        good = isinstance(value, list) and all(
            isinstance(v, dict) for v in value
        )
        if not good:
            raise self.fail(key, f"must be an array of tables, is {value!r}")
        at = f"{self._at}.{key}".lstrip(".")
        return [Table(self._file, v, f"{at}[{i}]") for i, v in enumerate(value)]

    def done(self) -> None:
        """Raise for a key that nobody took."""
        for key in self._data:
            if key not in self._known:
                hint = near(key, self._known)
                raise self.fail(key, f"is unknown{hint}")


def _show(value: object) -> str:
    match value:
        case str():
            return f'"{value}"'
        case bool():
            return str(value).lower()
    return str(value)
