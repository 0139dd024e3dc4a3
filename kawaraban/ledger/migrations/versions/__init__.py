"""One file for each revision; once released, never changed."""
