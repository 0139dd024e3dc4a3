"""
Packing: what channels that a person posts to have in common, below them.

    folder    a folder that is replaced whole, at every instant the old or the new one
    package   where an article's package lies, where it is made, and how it is recorded
    elements  the parts of a copy page: a text with its button, a picture, what comes after
    page      one self-contained file of them, also opened from file://
"""
