"""What the program can do, one verb per file: here the libraries meet, and only here.

An operation takes everything its answer depends on as arguments (time, anchors, limits), answers a bad message
with a verdict and not with an exception, and knows nothing of frames, terminals or windows.
"""
