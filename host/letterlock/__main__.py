"""The entry point. `serve` goes straight to the native host, which must start fast; all else to the command line."""

from __future__ import annotations

import os
import sys
import warnings


def main(argv: list[str] | None = None) -> int:
    """Run `letterlock` with these arguments (those of the process if not given) and return the exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    # pydantic loads plugins from any installed package. Nothing unasked gets into a process that holds keys, and the
    # search alone takes some 10 ms of the host's start.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    if not sys.warnoptions:
        # Libraries warn of odd certificates; a person reads what is wrong with them in the verdict.
        warnings.simplefilter("ignore")
    if arguments[:2] == ["serve", "--owa"]:
        from letterlock.native.owa import main as serve_owa

        return serve_owa(arguments[2:])
    if arguments[:1] == ["serve"]:
        from letterlock.native import main as serve

        return serve(arguments[1:])
    from letterlock.cli import main as command_line

    return command_line(arguments)


if __name__ == "__main__":
    sys.exit(main())
