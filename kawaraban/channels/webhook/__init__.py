"""
The webhook channel: a short JSON message to any address, signed; also in the shapes that Slack and Discord take.

    settings    the keys in config/channels.yaml
    shapes      what each shape's message looks like
    signature   Standard Webhooks: id, time stamp, HMAC-SHA256
    channel     the protocol: nothing can be asked, so a lost answer is a person's to settle
"""

from kawaraban.channels.webhook.channel import Webhook
from kawaraban.channels.webhook.settings import WebhookSettings

__all__ = ["Webhook", "WebhookSettings"]
