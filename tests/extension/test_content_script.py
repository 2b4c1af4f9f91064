"""The content script, linked from modules into one classic script."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.needs import PROJECT, require_program


def _linker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("content_script", PROJECT / "extension" / "content_script.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_LINKER = _linker()


def _link(folder: Path, **modules: str) -> str:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text)
    return str(_LINKER.link(folder / "main.js", folder))


def test_names_of_one_module_are_not_those_of_another(tmp_path: Path) -> None:
    """Two modules may call different things by one name; each is run once, before those that import it."""
    node = require_program("node", "nodejs")
    script = _link(
        tmp_path,
        main='import { a } from "./first.js";\nimport { b } from "./second.js";\nconsole.log(a(), b);\n',
        first='import { b } from "./second.js";\nconst NAME = "a";\nexport function a() {\n  return NAME + b;\n}\n',
        second='const NAME = "b";\nconsole.log("once");\nexport const b = NAME;\n',
    )
    (tmp_path / "linked.js").write_text(script)
    said = subprocess.run([node, tmp_path / "linked.js"], capture_output=True, text=True, check=True).stdout
    assert said == "once\nab b\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('import { main } from "./main.js";\n', "import each other"),
        ('import { b as c } from "./other.js";\n', "renames"),
        ("export let changing = 1;\n", "export let"),
        ('import all from "./other.js";\n', "import all"),
    ],
)
def test_what_it_cannot_link(tmp_path: Path, text: str, why: str) -> None:
    """What it does not know is refused when the package is made, not found out in a browser."""
    with pytest.raises(_LINKER.CannotLink, match=why):
        _link(
            tmp_path,
            main='import { a } from "./a.js";\nexport const main = a;\n',
            a=text,
            other="export const b = 1;\n",
        )
