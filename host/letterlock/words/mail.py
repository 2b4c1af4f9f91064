"""Words for mail codes."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {}
