"""Words for setup codes."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}
