"""Intents, sentiment, emotion and gist from scored sentences. Pure."""
