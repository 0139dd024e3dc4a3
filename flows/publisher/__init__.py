"""
The publisher: the process that releases what is due, and publishes what is asked of it. `python -m flows.publisher`.

    loop        waits for the next due instant, for files, for whoever hands something over; does one thing at a time
    performing  one publish: at its instant, with a run of Prefect's following
    keeping     the house by the settings of the moment, and whether anything has moved
    watch       the files of the paper: which have changed, and which are finished being written
    watchman    tells when a person is needed
    engine      Prefect beside it (deployments): runs that follow what the loop does, runs somebody made there

The loop never waits for Prefect longer than half a second: a release goes out on time whatever becomes of its server.
"""
