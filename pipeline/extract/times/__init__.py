"""Time expressions to slots: one grammar per language, one resolver for both."""
