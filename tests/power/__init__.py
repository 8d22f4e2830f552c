"""Power cuts: the daemon on disks that lose what was not flushed, in whatever order they like."""
