"""The site: variants, edition, theme, and what a browser shows."""
