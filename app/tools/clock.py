"""The tool that knows what time it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from app.core.translation import tr
from app.tools.tool import Tool, ToolError

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)


def local_time() -> datetime:
    return datetime.now().astimezone()


def clock_tool(now: Callable[[], datetime] = local_time) -> Tool:
    """`now` gives the moment, in the user's own time zone."""

    def current_date_and_time(time_zone: str | None = None) -> str:
        """Get the current date, weekday and time.

        Args:
            time_zone: An IANA name such as "Europe/Paris", or an offset such as "UTC+2". Without it, the
                user's own time zone is used.
        """
        moment = now()
        if time_zone and time_zone.strip():
            moment = moment.astimezone(zone_named(time_zone.strip()))
        name = moment.tzname()
        offset = moment.strftime("%z")
        return f"{moment:%A, %Y-%m-%d %H:%M:%S} ({name}, UTC{offset[:3]}:{offset[3:5]})"

    purpose = tr("Tells the date, the weekday and the time.")
    return Tool.of(current_date_and_time, title=tr("Date and time"), asks=False, purpose=purpose)


def zone_named(name: str) -> tzinfo:
    """The time zone of an IANA name, a city in one, or an offset from UTC.

    Raises:
        ToolError: there is no such time zone.
    """
    offset = _OFFSET.fullmatch(name.replace(" ", ""))
    if offset and int(offset.group(2)) <= 14:
        hours = timedelta(hours=int(offset.group(2)), minutes=int(offset.group(3) or 0))
        return timezone(hours if offset.group(1) == "+" else -hours)
    wanted = name.replace(" ", "_").casefold()
    # Sorted, so that a city in two zones (an old name and a new one) always gives the same.
    for known in sorted(available_timezones()):
        if wanted in (known.casefold(), known.rpartition("/")[2].casefold()):
            return ZoneInfo(known)
    raise ToolError(f"There is no time zone named “{name[:80]}”. Use a name such as Europe/Paris, or UTC+2.")
