"""Leads, contacts, accounts, deals and activities, and the mail that belongs to them."""
