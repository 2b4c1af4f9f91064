"""Who signed it, and may one believe it: certificates, paths, the mail profile, anchors, and a reason for everything.

Pure: nothing here reads a clock, the network or a file but the list of roots that belongs to it (`mozilla`). Time,
anchors, candidates, evidence and limits are arguments.
"""
