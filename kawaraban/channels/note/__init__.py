"""
note, posted by hand: the package a person posts from, and reading back what they posted.

    channel      Note: the channel's verbs
    settings     its keys in `config/channels.yaml`
    location     the addresses a person may give, and the key in them
    pace         how often note may be asked
    public       note's public reading interface: is the note live, deleted, a draft, or can't we tell
    stored       note's HTML as comparable pieces
    comparison   what is live against what was prepared, in words
    outline      what a variant has that hands must look after (pictures, link cards, sources of quotes …)
    steps        those hands' steps, in order        changes      what moved since the live variant
    page         the copy page (page.css, page.js)   package      the folder with all of it
    folder       replaces a folder whole

note's unofficial writing interface is not used.
"""

from kawaraban.channels.note.channel import Note

__all__ = ["Note"]
