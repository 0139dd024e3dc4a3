"""
The plain steps of the house, without Prefect: read, render, plan, deliver, record, and looking at what is.

    surveying   the articles asked for, and what blocks them        planning   the plan of a publish
    publishing  a publish, part by part                              edition    a site with its feeds, written once
    delivery    one channel's sending, with its intent before it     recording  what a person posted, settled, held
    looking     status, show, log, channels                          building   an edition elsewhere, without delivering
    scheduling  when an article goes out: written into its file      holding    stopping and going on, whatever is broken
    promising   what goes out when, as people read it                turns      what a hold stops, and what follows what
    births      what is born off where it would be announced         releasing  what is due goes out, and when the next is
    deed        what every action on a channel needs                 asking     what earlier tries left behind
    thread      posts that answer to each other, one by one          handing_over  what a person posts
    editing     typo, update, correction: what an edit writes        memory     which variant an unchanged article gives

Every one takes a House and `now`; results are values, one channel never stops another.
"""
