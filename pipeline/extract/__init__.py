"""Spans to contacts, times and activities. Pure: the mail's own date is the only clock."""
