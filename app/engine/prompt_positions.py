"""Places in a prompt, told from its tokens, whatever template wrote it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

LONGEST_OPENING = 32
"""Tokens between the end of a turn and the words of the answer: a role, perhaps a tag of a thought."""
_LOOKED_AT = 16
"""Ends of turns, from the last one on."""
_BLOCK = 256
"""Tokens that are compared at once."""


def opening_start(prompt: Sequence[int], is_end: Callable[[int], bool]) -> int:
    """Where the last finished turn of a prompt ends; what comes after it only opens the reply.

    Where there is no such place near the end, because a reply is continued or the template writes no token at
    the end of a turn, it is the last token but one. So at least two tokens are read, and never one alone,
    which goes through other kernels than several do.
    """
    last_two = max(len(prompt) - 2, 0)
    for position in range(len(prompt) - 2, max(0, len(prompt) - 1 - LONGEST_OPENING), -1):
        if is_end(prompt[position]):
            return min(position + 1, last_two)
    return last_two


def answer_starts(prompt: Sequence[int], is_end: Callable[[int], bool], most: int) -> list[int]:
    """Where the last answers of a prompt begin, the one to be written included: the ends of the turns before.

    Of the ends of turns, those are taken that are followed by more of what opens the last answer than others
    are: every turn opens with the same marker, and the role behind it tells answers from the rest.
    """
    ends: list[int] = []
    for position in range(len(prompt) - 2, -1, -1):
        if is_end(prompt[position]):
            ends.append(position + 1)
            if len(ends) == _LOOKED_AT:
                break
    if not ends:
        return []
    opening = prompt[ends[0] : ends[0] + LONGEST_OPENING]
    alike = [common_length(opening, prompt[end : end + LONGEST_OPENING]) for end in ends]
    least = min(alike)
    found = [end for end, length in zip(ends, alike, strict=True) if length > least] or ends
    return sorted(found[:most])


def common_length(left: Sequence[int], right: Sequence[int]) -> int:
    """How many tokens two sequences of one type begin with alike."""
    start = 0
    while left[start : start + _BLOCK] == right[start : start + _BLOCK] and start < len(left):
        start += _BLOCK
    start = min(start, len(left), len(right))
    for one, other in zip(left[start : start + _BLOCK], right[start : start + _BLOCK], strict=False):
        if one != other:
            break
        start += 1
    return start
