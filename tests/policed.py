"""`letterlock` as on a computer whose administrator has written a policy: python policed.py POLICY ARGUMENTS…

Nobody but an administrator can write the real one, and nobody shall be able to name another; so the tests replace the
place in a process of their own.
"""

from __future__ import annotations

import sys
from pathlib import Path

from letterlock.store import location

if __name__ == "__main__":
    policy = Path(sys.argv[1])
    location.policy = lambda: policy
    from letterlock.__main__ import main

    sys.exit(main(sys.argv[2:]))
