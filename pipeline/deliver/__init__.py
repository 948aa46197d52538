"""What leaves the house: mail from the outgoing queue, webhook calls and follow-ups of rules, calendar files."""
