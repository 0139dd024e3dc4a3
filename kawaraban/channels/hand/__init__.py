"""
The hand channel: any network or mailing that has no channel here. The program prepares, a person posts.

    channel     the protocol; nothing is ever sent
    networks    how each network counts, which pictures it takes, where its posts stand
    settings    the keys in `config/channels.yaml`
    post_page   the copy page of a post or thread      mail_page   that of a mailing
    package     the folder both lie in
"""

from kawaraban.channels.hand.channel import Hand

__all__ = ["Hand"]
