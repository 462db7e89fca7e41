"""Whatever was said, an export that is imported again has it: in Markdown and JSON, with all branches.

The suite draws some dozens of conversations; `TARN_TEST_EFFORT=50` draws 2,000 for each format.
"""

from hypothesis import HealthCheck, given, settings

from app.core.export import ExportOptions
from app.exchange.imported import Read, ReadOptions, Unread, fingerprint_of
from app.exchange.markdown_files import markdown_files
from app.exchange.reading import read_all
from app.store.conversation_json import to_json
from tests.support.effort import EFFORT
from tests.support.nasty_conversations import conversations

thoroughly = settings(
    deadline=None,
    max_examples=40 * EFFORT,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def shape_of(conversation):
    """What was said at which place of the tree, and what of it is on screen."""
    places = {None: None}
    for place, node in enumerate(conversation.nodes):
        places[node.id] = place
    nodes = [
        (node.message, node.state, node.created_at, places[node.parent_id]) for node in conversation.nodes
    ]
    return nodes, places[conversation.tip_id]


def in_reading_order(conversation):
    """With the messages in the order of an export: the branch on screen first."""
    path = conversation.path()
    shown = {node.id for node in path}
    others = tuple(node for node in conversation.nodes if node.id not in shown)
    from dataclasses import replace

    return replace(conversation, nodes=(*path, *others))


def read_back(path, data):
    path.write_bytes(data)
    (found,) = read_all([path], ReadOptions())
    return found


@thoroughly
@given(conversations(has_branches=True))
def test_markdown_with_all_branches_comes_back(tmp_path, conversation):
    options = ExportOptions(include_all_branches=True)
    text = markdown_files(conversation, lambda _sha256: None, "x", options).text
    found = read_back(tmp_path / "x.md", text.encode())
    if not conversation.nodes:
        assert found == Unread("x.md", "", "There is no message in it.")
        return
    assert isinstance(found, Read)
    read = found.imported.conversation
    assert shape_of(read) == shape_of(in_reading_order(conversation))
    assert (read.id, read.title, read.system_prompt) == (
        conversation.id,
        conversation.title,
        conversation.system_prompt,
    )
    assert fingerprint_of(read) == fingerprint_of(conversation)


@thoroughly
@given(conversations(has_branches=True))
def test_json_comes_back_as_it_was(tmp_path, conversation):
    found = read_back(tmp_path / "x.json", to_json(conversation).encode())
    if not conversation.nodes:
        assert isinstance(found, Unread)
        return
    assert isinstance(found, Read)
    assert found.imported.conversation == conversation
