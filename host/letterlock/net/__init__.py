"""The only network: whatever leaves this computer, leaves it here.

Addresses (URLs) come out of certificates, so an attacker wrote them, and whoever answers may be one too. What is
fetched is octets, believed by nobody: `trust` decides what they prove.

- `rules`: what the administrator allows, and how long anything may take
- `locations`: a URL taken apart, and refused unless it is one that certificates have a use for
- `addresses`: a name to addresses on the internet, and not to this computer or its neighbours
- `wire`: a connection to exactly such an address, that ends in time whatever the other side does
- `http`, `ldap`: the two protocols over it
- `fetch`: one document by its URL; many who want the same one share it
- `mail`, `smtp`, `imap`, `folders`: mail servers that a person has chosen, in TLS alone
- `mail_settings`: over which servers a domain's mail goes
- `failures`, `mail_failures`: what can go wrong

**No proxy.** Through a proxy nobody knows which address is really connected to, so neither the environment's nor the
system's proxy is used; behind one, evidence comes with the message, from the cache or from a folder.

**Why `http.client`.** It is kept with Python itself, needs no further dependency, and takes a connection that
somebody else has made and bounded: urllib3, requests and httpx resolve names and connect on their own.
"""
