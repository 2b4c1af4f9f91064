"""A password or token at a terminal: asked for without echo, or read from a descriptor. Never an argument, never in the
environment: both are readable by others."""

from __future__ import annotations

import argparse
import os

from letterlock import limits


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add `--password-fd`."""
    parser.add_argument(
        "--password-fd",
        type=int,
        metavar="N",
        help="read the mail password (or the OAuth access token) from this descriptor: 3 3<file (else you are asked)",
    )


def given(arguments: argparse.Namespace) -> str | None:
    """The first line from the descriptor; None where none was named. Raises `OSError`."""
    if arguments.password_fd is None:
        return None
    with os.fdopen(arguments.password_fd, "rb") as opened:
        line = opened.readline(2 * limits.PASSPHRASE_OCTETS)
    return line.decode("utf-8", "replace").rstrip("\r\n")


def asked(arguments: argparse.Namespace, prompt: str) -> str:
    """As `given`, or what is typed."""
    from getpass import getpass

    found = given(arguments)
    return getpass(prompt) if found is None else found
