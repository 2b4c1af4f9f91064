"""Versions: the same major works together, a newer minor is used as far as both know it (`host/PROTOCOL.md`).

The minor needs no negotiation: each side states its own in `hello`, and each sends only what the lower of the two
knows. A different major is refused in one clear sentence that says which side to update.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from letterlock.protocol.failures import ProtocolMismatch

PATTERN = r"^[0-9]{1,4}\.[0-9]{1,4}$"


class Version(NamedTuple):
    """A protocol version. Ordered as numbers: 1.10 is newer than 1.9."""

    major: int
    minor: int

    @classmethod
    def parse(cls, text: object) -> Version | None:
        """The version in `text`, or None where it is no version of ours."""
        if not isinstance(text, str) or not re.fullmatch(PATTERN, text, re.ASCII):
            return None
        major, minor = text.split(".")
        return cls(int(major), int(minor))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


PROTOCOL = Version(1, 8)
"""What this host speaks. 1.1 added `PathResult.assurance`, 1.2 `Signer.times`, 1.3 `update` frames and `issuers`,
1.4 the vault, 1.5 making, carrying and checking keys,
1.6 other people's certificates, recipients and tokens,
1.7 alternatives and flowed text in `Part`, and parts as text; the journal and signed receipts; finished messages
signed and encrypted (`protect`); evidence bundles; whose word counts (`trust_…`); accounts, sending and the outbox,
1.8 what the person has set (`settings_…`), and what is told to whoever helps (`host_report`);
answers to opened messages, drafts, and the part `raw`; other ways to send than SMTP (`way_…`, `sign_in_…`,
`carry_…`)."""

UPDATES = Version(1, 3)
"""From here on a client knows that a verdict may be renewed."""

ALTERNATIVES = Version(1, 7)
"""From here on a client knows `Part.choices`, `Part.format` and `Part.delsp`."""


def agree(client: Version, host: Version = PROTOCOL) -> Version:
    """The version both speak: the lower of two with the same major.

    Raises:
        ProtocolMismatch: The majors differ; it says which side is older.
    """
    if client.major != host.major:
        older = "host" if host.major < client.major else "extension"
        raise ProtocolMismatch(host=str(host), client=str(client), older=older)
    return min(client, host)
