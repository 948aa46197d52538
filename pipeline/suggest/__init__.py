"""Insight documents and what the CRM already knows to suggestions. Pure."""
