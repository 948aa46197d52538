"""Mailboxes, accounts on mail servers, their folders, and mail that waits to be read."""
