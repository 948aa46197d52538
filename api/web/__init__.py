"""What the pages are made of: templates, one stylesheet, small scripts, words in two languages."""
