"""A text in Markdown as blocks of plain words, for a page and for paper alike: headings, paragraphs and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

APART = {"softbreak", "hardbreak", "paragraph"}  # what comes after is another word
LISTS = {"bullet_list": False, "ordered_list": True}


def blocks(text: str) -> list[dict[str, Any]]:
    """The blocks in order, each with its `kind`: heading (`text`, `level`), list (`items`, `numbered`), text (`text`).

    Levels begin with 1 and skip none. What is inside a line (emphasis, links) is said in plain words; whatever else
    there is, is a paragraph.
    """
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    made: list[dict[str, Any]] = []
    level = 0
    for node in SyntaxTreeNode(MarkdownIt("js-default").parse(text)).children:
        if node.type in LISTS:
            items = [_plain(item) for item in node.children]
            made.append({"kind": "list", "numbered": LISTS[node.type], "items": items})
        elif node.type == "heading":
            level = min(int(node.tag[1:]), level + 1)
            made.append({"kind": "heading", "level": level, "text": _plain(node)})
        elif said := _plain(node):
            made.append({"kind": "text", "text": said})
    return made


def _plain(node: SyntaxTreeNode) -> str:
    parts = (" " if one.type in APART else "" if one.children else one.content for one in node.walk())
    return " ".join("".join(parts).split())
