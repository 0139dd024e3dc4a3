"""
Serving: three processes kept alive by one that does nothing else. It imports neither Prefect nor the ledger.

    supervisor   starts them, restarts what dies, ends them all        child     one of them, with its back-off
    notifying    what systemd wants to hear
"""
