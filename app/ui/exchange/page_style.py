"""The style sheet of an exported page, in the colours of the window."""

from __future__ import annotations

from string import Template

from app.ui.theme import Theme

_COLOURS = (
    *("surface", "raised", "text", "muted", "line", "accent", "link", "danger", "bubble", "inline_code"),
    *("inline_code_text", "code", "code_text", "keyword", "string", "number", "comment", "function", "type"),
    "operator",
)
SYNTAX = ("keyword", "string", "number", "comment", "function", "type", "operator", "danger")
_STYLE = Template("""\
:root { $light }
@media (prefers-color-scheme: dark) { :root { $dark } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--surface); color: var(--text);
  font: 16px/1.6 Inter, system-ui, "Noto Sans", "Hiragino Sans", "Yu Gothic UI", sans-serif; }
main { max-width: 760px; margin: 0 auto; padding: 32px 20px 64px; overflow-wrap: anywhere; }
.title { font-size: 26px; line-height: 1.3; margin: 0; }
.when, .note { color: var(--muted); font-size: 14px; margin: 4px 0 24px; }
.note { margin: 8px 0; }
section { margin: 0 0 24px; }
.user { display: flex; flex-direction: column; align-items: flex-end; gap: 8px; }
.bubble { background: var(--bubble); border-radius: 16px; padding: 10px 16px; max-width: 85%;
  white-space: pre-wrap; }
.bubble > * { margin: 0 0 8px; }
.bubble > :last-child { margin-bottom: 0; }
.user img { max-width: 100%; height: auto; border-radius: 12px; }
.name { color: var(--muted); font-size: 14px; font-weight: 600; margin: 0 0 4px; }
.words > :first-child { margin-top: 0; }
.card { border: 1px solid var(--line); border-radius: 10px; padding: 8px 14px; margin: 8px 0;
  color: var(--muted); font-size: 15px; }
summary { cursor: pointer; }
h1, h2, h3, h4, h5, h6 { line-height: 1.3; margin: 1.2em 0 0.4em; }
a { color: var(--link); }
code { font: 0.9em/1.5 "JetBrains Mono", ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  background: var(--inline_code); color: var(--inline_code_text); border-radius: 4px; padding: 1px 4px; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px;
  overflow-x: auto; }
pre code { background: none; color: var(--code_text); padding: 0; white-space: pre; }
blockquote { margin: 8px 0; padding: 0 0 0 14px; border-left: 3px solid var(--line); color: var(--muted); }
.table { overflow-x: auto; }
table { border-collapse: collapse; margin: 8px 0; }
th, td { border: 1px solid var(--line); padding: 6px 10px; text-align: start; }
hr { border: 0; border-top: 1px solid var(--line); margin: 20px 0; }
$syntax
@media print { main { max-width: none; padding: 0; } pre code { white-space: pre-wrap; } }
""")


def page_style(light: Theme, dark: Theme) -> str:
    """The colours of both themes, of which the reader's system chooses one, and how all looks."""
    syntax = "\n".join(f"pre .{name} {{ color: var(--{name}); }}" for name in SYNTAX)
    return _STYLE.substitute(light=_variables(light), dark=_variables(dark), syntax=syntax)


def _variables(theme: Theme) -> str:
    return " ".join(f"--{name}: {getattr(theme, name)};" for name in _COLOURS)
