"""What proves something about a message later: time-stamps. Sans-IO; time, anchors and evidence are arguments."""
