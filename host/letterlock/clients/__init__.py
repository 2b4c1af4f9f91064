"""Browsers and mail clients: where each looks for a native host, which are here, and what is written for them.

A sibling of `mime`, `cms`, `trust`, `store` and `net`: it knows `errors` and `limits` and none of them. The table
is data (`table`); everything that is asked of the computer goes through an argument (`machine.Machine`), so that
macOS and Windows are tested on Linux. The command line shows and asks; this package decides and does:

    detect(machine) → clients here → plan → apply (journal) → … → removal (journal)
"""
