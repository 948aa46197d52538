"""Bytes to canonical text, zones, threads, noise and language. Pure: no clock, no socket, no database."""
