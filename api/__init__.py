"""HTTP routes by resource, and the pages."""
