"""Suggestions: proposed, decided, carried out, taken back."""
