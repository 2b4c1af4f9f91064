"""Makes the private environment and installs the project into it: `environment.py FOLDER EXTRA`.

Run by the Makefile with whatever Python there is, so it uses nothing but the standard library, and says in one plain
sentence what the machine lacks.
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)


def main(folder: Path, extra: str) -> None:
    """Installs the project with `extra` into the environment at `folder`, and leaves a mark that it is done."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        sys.exit(f"Python 3.11 or newer is needed, and {sys.executable} is {found}. Try: make PYTHON=python3.12 …")
    python = folder / "bin" / "python"
    if not python.exists():
        if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
            sys.exit(f"{sys.executable} cannot make a private environment. On Debian: apt-get install python3-venv")
        print(f"Making the private environment {folder} …", flush=True)
        _run([sys.executable, "-m", "venv", str(folder)], "making the private environment")
    print(f"Installing Letterlock and what `{extra}` needs into {folder} …", flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "--editable", f"{PROJECT}[{extra}]"], "installing")
    (folder / f".installed-{extra}").touch()


def _run(command: list[str], what: str) -> None:
    if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode:
        sys.exit(f"{what[0].upper()}{what[1:]} failed; the message above says why.")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
