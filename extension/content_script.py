"""Link the modules of the content script into the one classic script that browsers take.

Browsers load content scripts as classic scripts. A classic script can import modules, but then each of them has to
be web-accessible, and any site could find out by asking for one that Letterlock is installed: Chromium's
`use_dynamic_url`, which hides the extension's address, does not reach the imports of an import (seen with Chromium
156). So the modules that `content/main.js` needs are put one after the other, in the order in which they are
imported, each in a function of its own, with nothing changed but the `import` and `export` words. Everything else in
the extension ships as it is.

This is no bundler: it knows one form of import and one of export, and refuses the rest.
"""

from __future__ import annotations

import re
from pathlib import Path

IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) )", re.MULTILINE)
EXPORTED = re.compile(r"^export (?:async )?(?:function\*?|class|const) (\w+)", re.MULTILINE)
EMPTY_EXPORT = re.compile(r"^export \{\};\n", re.MULTILINE)
OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class CannotLink(Exception):
    """A module says something that this does not know."""


def link(entry: Path, root: Path) -> str:
    """The classic script for a module and all it imports; `root` is the folder that paths are named from."""
    modules: dict[Path, str] = {}
    _collect(entry.resolve(), modules, (entry.resolve(),), root.resolve())
    body = "\n".join(modules.values())
    # A page that was open when its site was granted gets the script once more: the guard lets only one of them work.
    # It asks for `true` and not for any value: an `<img name="letterlockStarted">` in a mail is a global, too, and
    # a mail must not keep its own verdict away.
    return (
        f"// Linked from modules by extension/content_script.py; the sources are in extension/src.\n"
        f'"use strict";\n'
        f"(() => {{\nif (globalThis.letterlockStarted === true) return;\n"
        f"globalThis.letterlockStarted = true;\n\n{body}}})();\n"
    )


def _collect(path: Path, modules: dict[Path, str], within: tuple[Path, ...], root: Path) -> None:
    """Add a module after everything that it imports, as a constant that holds what it exports."""
    text = path.read_text("utf-8")
    imports = []
    for names, specifier in IMPORT.findall(text):
        target = (path.parent / specifier).resolve()
        if " as " in names:
            raise CannotLink(f"{path.name} renames what it imports from {specifier}")
        if target in within:
            raise CannotLink(f"{path.name} and {specifier} import each other")
        if target not in modules:
            _collect(target, modules, (*within, target), root)
        imports.append(f"const {{{names}}} = {_constant(target, root)};\n")
    exported = ", ".join(EXPORTED.findall(text))
    text = EMPTY_EXPORT.sub("", EXPORT.sub("", IMPORT.sub("", text))).strip("\n")
    if other := OTHER.search(text):
        raise CannotLink(f"{path.name}: {other[0]}")
    modules[path] = (
        f"// --- {path.relative_to(root).as_posix()}\n\n"
        f"const {_constant(path, root)} = (() => {{\n{''.join(imports)}{text}\nreturn {{ {exported} }};\n}})();\n"
    )


def _constant(path: Path, root: Path) -> str:
    """A name for what a module exports, which no module uses itself."""
    return "module_" + re.sub(r"\W", "_", path.relative_to(root).as_posix().removesuffix(".js"))
