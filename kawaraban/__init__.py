"""
The kernel: the nouns of the house and their rules (see DESIGN's list in CONTRIBUTING: the order is the import order).

May import nothing of `desk`, `flows` or `renderers`. `now` is a parameter everywhere.
"""
