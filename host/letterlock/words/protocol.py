"""Words for protocol codes."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}
