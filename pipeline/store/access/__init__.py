"""Who may see what: settings of sharing, and the rule as SQL."""
