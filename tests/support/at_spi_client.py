"""What a screen reader on Linux is built on: finds programs on the accessibility bus, and hears from them.

It runs in the system's Python, which has the bindings, and takes one JSON object a line.
"""

import json
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

KINDS = ("object:announcement", "object:state-changed:focused", "object:children-changed")


class Client:
    """Answers each line with one."""

    def __init__(self):
        self.loop = GLib.MainLoop()
        self.events = []
        self.listener = Atspi.EventListener.new(self.on_event)
        for kind in KINDS:
            self.listener.register(kind)
        GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, self.on_input)

    def on_event(self, event):
        source = event.source
        data = event.any_data
        if isinstance(data, Atspi.Accessible):
            data = None
        self.events.append([event.type, source.get_role_name(), source.get_name(), event.detail1, data])

    def on_input(self, *_):
        line = sys.stdin.readline()
        if not line:
            self.loop.quit()
            return False
        asked = json.loads(line)
        try:
            answer = getattr(self, asked.pop("do"))(**asked)
        except GLib.GError as error:  # What was there has gone; it may be looked for again.
            answer = {"gone": str(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
        return True

    def tree(self, role, name, depth):
        """What is below something, so many levels deep."""
        found = self.find(role, name)
        return described(found, depth) if found is not None else None

    def heard(self):
        """What has been told since the last time."""
        events, self.events = self.events, []
        return events

    def act(self, role, name, action):
        found = self.find(role, name)
        if found is None:
            return False
        names = [found.get_action_name(index) for index in range(found.get_n_actions())]
        return action in names and found.do_action(names.index(action))

    def write(self, role, name, text):
        found = self.find(role, name)
        return found is not None and found.set_text_contents(text)

    def at_point_of(self, role, name):
        """What is found at the middle of where something says that it is."""
        box = self.find(role, name).get_extents(Atspi.CoordType.SCREEN)
        frame = self.find("frame", "")
        at = frame.get_accessible_at_point(
            box.x + box.width // 2, box.y + box.height // 2, Atspi.CoordType.SCREEN
        )
        return described(at, 0) if at is not None else None

    def find(self, role, name):
        """The first of a role whose name begins so."""
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            found = first_below(desktop.get_child_at_index(index), role, name)
            if found is not None:
                return found
        return None


def first_below(node, role, name):
    if node is None:
        return None
    if node.get_role_name() == role and node.get_name().startswith(name):
        return node
    for index in range(node.get_child_count()):
        found = first_below(node.get_child_at_index(index), role, name)
        if found is not None:
            return found
    return None


def described(node, depth):
    children = range(node.get_child_count()) if depth else ()
    return {
        "role": node.get_role_name(),
        "name": node.get_name(),
        "description": node.get_description(),
        "states": [state.value_nick for state in node.get_state_set().get_states()],
        "actions": [node.get_action_name(index) for index in range(node.get_n_actions())],
        "count": node.get_child_count(),
        "children": [described(node.get_child_at_index(index), depth - 1) for index in children],
    }


Client().loop.run()
