"""Other tongues on the same operations: what programs of other people say to a host of theirs.

- `owa`: Microsoft's S/MIME Control for Outlook on the web
"""
