"""Lambda entry: signed messages of other programs (Function URL)."""

from __future__ import annotations

from mangum import Mangum

from handlers.bootstrap import desk
from handlers.web.webhooks import build_webhooks

handler = Mangum(build_webhooks(desk()), lifespan="off")
