"""Time expressions to slots: one grammar per language, one resolver for both."""

from pipeline.extract.times.expressions import find, stated_zone
from pipeline.extract.times.spans import Kind, TimeSpan

__all__ = ["Kind", "TimeSpan", "find", "stated_zone"]
