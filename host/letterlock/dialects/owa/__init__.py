"""The dialect of Microsoft's “S/MIME Control” extension for Outlook on the web.

- `schema`: the envelope and the names in it
- `session`: frames in, answers out; slices of requests and of results (sans-IO)
- `texts`: JSON texts with very long strings, read and written without holding them
- `server`: what `Set-SmimeConfig` tells, and what of it concerns the host
- `reading`, `html`, `bits`: an opened message as OWA's `Message`, and the verdict in the few bits it has
- `writing`: OWA's `EmailMessage` as a signed or encrypted message
- `asking`: passphrase and PIN, in a window of our own
- `desk`: the operations

The dialect is not published; it is written here as it was observed. What is not known is taken in any form, and what
is not understood is answered with an error and never guessed.
"""
