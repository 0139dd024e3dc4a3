"""
The channels: one module per kind, and the protocol they keep.

May import everything of the kernel below `registry`, never each other, a renderer or a flow. A new channel is one
module here (or in another distribution), one entry point in the group `kawaraban.channels`, one page in
`docs/channels/` and one test that inherits the conformance kit.
"""
