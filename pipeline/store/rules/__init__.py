"""The organisation's rules: running them, what they do, and calls on their way out."""
