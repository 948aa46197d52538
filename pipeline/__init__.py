"""One mail's way from bytes to reviewed suggestions. Start reading at ``pipeline/journey.py``."""
