"""Organisations, users, roles, tokens, what users are told, and the audit log."""
