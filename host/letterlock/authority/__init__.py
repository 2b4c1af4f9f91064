"""The internal CA: certificates for the mail of one organisation (RFC 5280, RFC 8550, RFC 6960).

Pure parts first: `keys` signs, `profiles` says what a certificate holds, `certificate`, `crl` and `ocsp` write what
is signed, `log` chains what was done. `ca` joins them over the
tables of `store.authority`, `founding` makes an authority, `audit` looks for changes.
"""
