"""Databases as earlier steps of the schema left them, with rows in them."""

import sqlite3
from pathlib import Path

from app.store.migrations import MIGRATIONS, migrate

# Written out, so that a change of the code that saves does not change what old files hold.
ROWS = (
    """insert into conversation (id, title, is_titled_by_user, created_at, updated_at, deleted_at, tip_id,
            system_prompt, model_path, preset_name, draft)
        values ('c1', 'Lakes', 1, 1000, 2000, null, 'm2', 'Be brief.', '/m.gguf', 'P', 'dra')""",
    """insert into conversation (id, title, is_titled_by_user, created_at, updated_at, deleted_at)
        values ('c2', 'Deleted', 0, 1000, 3000, 4000)""",
    """insert into message (number, id, conversation_id, parent_id, role, state, created_at, parts, plain,
            generation) values (1, 'm1', 'c1', null, 'user', 'complete', 1000,
        '{"version":1,"parts":[{"kind":"text","text":"Which lake is deep?"}]}',
        'Which lake is deep?', null)""",
    """insert into message (number, id, conversation_id, parent_id, role, state, created_at, parts, plain,
            generation) values (2, 'm2', 'c1', 'm1', 'assistant', 'streaming', 2000,
        '{"version":1,"parts":[{"kind":"text","text":"Ohrid"}]}', 'Ohrid',
        '{"version":1,"model_name":"LFM","model_path":"","preset_name":"",
            "sampling":null,"statistics":null,"error":""}')""",
)


def make_database(path: Path, step_count: int) -> None:
    """A file that has been through that many steps; 0 is an empty file."""
    connection = sqlite3.connect(path, isolation_level=None)
    if step_count:
        migrate(connection, MIGRATIONS[:step_count])
        for statement in ROWS:
            connection.execute(statement)
    connection.close()
