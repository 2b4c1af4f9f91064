"""How long a test waits for what should come at once.

A busy or virtual machine may stand still for seconds. What is claimed to be quick is held against something that would
last much longer, and this is added to the bound: a machine that stands still is no failure.
"""

PAUSE = 15.0
"""Seconds."""
