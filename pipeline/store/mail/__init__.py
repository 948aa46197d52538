"""Mail as it is kept: stored once, threaded, searched, counted against the quota, removed."""
