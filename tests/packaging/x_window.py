"""Asks a window of an X server to close, as the button in its title bar does. No window manager is needed."""

from __future__ import annotations

import ctypes

_CLIENT_MESSAGE = 33


class _ClientMessage(ctypes.Structure):
    """XClientMessageEvent with the room of an XEvent."""

    _fields_ = (
        ("kind", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("is_sent", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("room", ctypes.c_long * 12),
    )


def ask_to_close(display: str, window: int) -> None:
    x = ctypes.CDLL("libX11.so.6")
    x.XOpenDisplay.restype = ctypes.c_void_p
    x.XInternAtom.restype = ctypes.c_ulong
    x.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    x.XSendEvent.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p]
    x.XCloseDisplay.argtypes = [ctypes.c_void_p]
    opened = x.XOpenDisplay(display.encode())
    assert opened, f"The X server {display} does not answer"
    protocols = x.XInternAtom(opened, b"WM_PROTOCOLS", 0)
    event = _ClientMessage(_CLIENT_MESSAGE, window=window, message=protocols, format=32)
    event.data[0] = x.XInternAtom(opened, b"WM_DELETE_WINDOW", 0)
    assert x.XSendEvent(opened, window, 0, 0, ctypes.byref(event))
    x.XCloseDisplay(opened)
