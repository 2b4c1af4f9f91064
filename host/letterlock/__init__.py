"""Letterlock: S/MIME for the mail you already read.

The package's map is in the README; the rule of thumb: the shell carries bytes, `protocol` makes
requests of them, `operations` asks the pure libraries, `verdict` says it.
"""

__version__ = "0.1.0"
