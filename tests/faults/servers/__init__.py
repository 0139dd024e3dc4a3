"""
Kills and faults in front of real servers: what each of them stores is counted, by its own word.

    steps       the requests of a publish, an edit and a withdrawal, and what strikes them
    stands      each server as a campaign sees it: its channel's settings, its steps, its hint in a 429, its posts
    paper       a root with articles that carry pictures, some of them threads
    newsroom    what happens there: write, edit, withdraw, publish in a child, a person who tries again
    kills       publishers are killed at every boundary and at every request
    troubles    every request meets every trouble
    counting    what stands on the server against what should
    campaign    all of it, before one server
    __main__    one server's campaign from the command line
"""
