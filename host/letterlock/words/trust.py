"""Words for trust codes."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}
