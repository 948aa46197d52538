"""The groups of ``mail-insight`` commands, one module a group: their options, and which function they call."""
