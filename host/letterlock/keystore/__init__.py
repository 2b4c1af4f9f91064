"""Own keys: identities, and the files they come in. It knows certificates and keys, and nothing of mail."""
