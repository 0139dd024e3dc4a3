"""
Fault injection: processes that are killed, networks that lie, workers that race; stored posts are counted afterwards.

    paper       a root with many articles and one rehearsal channel
    points      a house that kills its own process at a named boundary
    senders     child processes that publish, and the person who settles what nobody can know
    campaign    kills, at every boundary and at random
    networks    every trouble of the network
    stored      what is stored, post by post, against what the ledger says
    races       several processes over the same deliveries
    crawler     a reader of the site, while its writers are killed
    servers/    the same before real servers
    __main__    the long form: `make faults`
    test_faults the short form
"""
