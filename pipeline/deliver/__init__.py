"""What leaves the house by itself: webhook calls and follow-ups of rules."""
