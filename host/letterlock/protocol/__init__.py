"""Protocol 1: the conversation between an extension and the native host, as `host/PROTOCOL.md` describes it.

Sans-IO: every module here takes bytes and values and returns bytes and values. `letterlock.native` owns the pipes
and the threads.

- `frames`: the length-prefixed JSON texts of native messaging
- `models`, `vault_models`, `key_models`, `people_models`, `proof_models`, `evidence_models`: what a client says
- `requests`: which model is whose
- `host_models`: what the host says
- `streams`: credit, so that neither side ever buffers a whole mail
- `session`: the states of a conversation and of its requests
- `version`: who may talk to whom, and which side is the older one
- `failures`: every way to break the protocol, each with its own code
"""
