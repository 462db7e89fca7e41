"""The tools that the program brings along."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from app.net.network import Network
from app.tools.allowed_folders import file_tools
from app.tools.calculator import calculator_tool
from app.tools.clock import clock_tool
from app.tools.documents import SearchDocuments, document_search_tool
from app.tools.past_conversations import Search, conversation_search_tool
from app.tools.tool import Tool
from app.tools.web_page import web_page_tool


def built_in_tools(
    search: Search | None = None,
    folders: Iterable[Path] = (),
    network: Network | None = None,
    documents: SearchDocuments | None = None,
    *,
    allows_local_pages: bool = False,
) -> list[Tool]:
    """All tools that can be had: `search` looks through the conversations, `folders` are those that the user
    allowed to be read, `network` is what the user allows there, `documents` looks through collections."""
    searching = [conversation_search_tool(search)] if search else []
    web = web_page_tool(network, allows_local=allows_local_pages)
    looking_up = [document_search_tool(documents)] if documents else []
    return [clock_tool(), calculator_tool(), *file_tools(folders), *looking_up, *searching, web]
