"""Where each message is: heights in a tree of partial sums.

Heights are estimates until a message has been laid out, and are corrected one at a time. A binary indexed
tree makes a correction, a look-up and a search all logarithmic, so ten thousand messages cost as little as
ten.
"""

from __future__ import annotations

from collections.abc import Iterable


class RowHeights:
    """The heights of rows below each other."""

    def __init__(self, heights: Iterable[float] = ()) -> None:
        self._heights: list[float] = list(heights)
        self._sums: list[float] = [0.0, *self._heights]
        for index in range(1, len(self._sums)):
            parent = index + (index & -index)
            if parent < len(self._sums):
                self._sums[parent] += self._sums[index]

    def __len__(self) -> int:
        return len(self._heights)

    @property
    def total(self) -> float:
        return self.top(len(self))

    def height(self, row: int) -> float:
        return self._heights[row]

    def top(self, row: int) -> float:
        """The distance of a row from the beginning; of the row after the last one, the total."""
        result = 0.0
        index = row
        while index > 0:
            result += self._sums[index]
            index -= index & -index
        return result

    def set_height(self, row: int, height: float) -> None:
        change = height - self._heights[row]
        self._heights[row] = height
        index = row + 1
        while index < len(self._sums):
            self._sums[index] += change
            index += index & -index

    def append(self, height: float) -> None:
        self._heights.append(height)
        index = len(self._heights)
        below = index - (index & -index)
        self._sums.append(self.top(index - 1) - self.top(below) + height)

    def cut(self, length: int) -> None:
        """Removes all rows from `length` on."""
        del self._heights[length:]
        del self._sums[length + 1 :]

    def row_at(self, y: float) -> int:
        """The row at a distance from the beginning; the first or last one where there is none."""
        index = 0
        step = 1 << max(0, len(self._heights).bit_length())
        while step:
            nearer = index + step
            if nearer < len(self._sums) and self._sums[nearer] <= y:
                index = nearer
                y -= self._sums[nearer]
            step >>= 1
        return max(0, min(index, len(self._heights) - 1))
