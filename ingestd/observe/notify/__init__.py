"""People and programs are told what needs them, and a dead man's switch that all is well.

    log ──▶ Notifier ──messages──▶ Courier ──▶ Service (Apprise) | Webhook
    main loop ──▶ Pulse ──beats──▶ Courier ──▶ Heartbeat

Every courier has a thread of its own, so that nothing else ever waits for the network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestd.lazily import lazily

if TYPE_CHECKING:
    from ingestd.observe.notify.attempt import Attempt
    from ingestd.observe.notify.channel import Channel, NotSent
    from ingestd.observe.notify.courier import Courier, close
    from ingestd.observe.notify.heard import Trouble
    from ingestd.observe.notify.heartbeat import Heartbeat
    from ingestd.observe.notify.memory import Memory
    from ingestd.observe.notify.message import Message, of_silence, of_test
    from ingestd.observe.notify.notices import Notices
    from ingestd.observe.notify.notifier import Notifier
    from ingestd.observe.notify.pace import AT_ONCE, NOT_YET, Pace
    from ingestd.observe.notify.pulse import Beat, Pulse
    from ingestd.observe.notify.secrecy import secrets_in
    from ingestd.observe.notify.service import Service, missing
    from ingestd.observe.notify.silence import Silence
    from ingestd.observe.notify.webhook import Webhook
else:
    __getattr__ = lazily(
        __name__,
        {
            "attempt": "Attempt",
            "channel": "Channel NotSent",
            "courier": "Courier close",
            "heard": "Trouble",
            "heartbeat": "Heartbeat",
            "memory": "Memory",
            "message": "Message of_silence of_test",
            "notices": "Notices",
            "notifier": "Notifier",
            "pace": "AT_ONCE NOT_YET Pace",
            "pulse": "Beat Pulse",
            "secrecy": "secrets_in",
            "service": "Service missing",
            "silence": "Silence",
            "webhook": "Webhook",
        },
    )

__all__ = [
    "AT_ONCE",
    "NOT_YET",
    "Attempt",
    "Beat",
    "Channel",
    "Courier",
    "Heartbeat",
    "Memory",
    "Message",
    "NotSent",
    "Notices",
    "Notifier",
    "Pace",
    "Pulse",
    "Service",
    "Silence",
    "Trouble",
    "Webhook",
    "close",
    "missing",
    "of_silence",
    "of_test",
    "secrets_in",
]
