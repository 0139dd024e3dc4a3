"""
The desk in the browser. It begins as a preview of what is public, with `/health`.

    python -m desk.web [--port N]     on loopback, at KAWARABAN_ROOT

    app         routes and what stands around them (hosts, headers)
    preview     the public folder of the first site, as a web server would show it
    health      two gauges, and which processes answer

Starlette; it never imports Prefect, and lives on while the ledger, the settings or Prefect are broken, and says so.
"""
