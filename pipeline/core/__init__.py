"""The decisions a CRM is trusted for: link, share, quota. Pure functions over records; no I/O."""
