"""Who signed it, and may one believe it: certificates, paths, the mail profile, anchors, and a reason for everything.

Pure: nothing here reads a clock, a file or the network. Time, anchors, candidates and limits are arguments.
"""
