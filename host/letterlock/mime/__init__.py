"""Mail as octets: a byte-exact streaming reader, header fields, transfer encodings and addresses.

It knows RFC 5322, 2045–2047, 2231 and 6532, and nothing of CMS, certificates or verdicts. It never repairs: what
was received keeps its octets and offsets, and wherever two mail readers could understand an input differently,
the entity says so in `oddities`, because a signature over an ambiguous structure proves little to a reader.
"""
