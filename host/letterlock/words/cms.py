"""Words for cms codes."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}
