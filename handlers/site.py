"""Lambda entry: the customer's pages (Function URL)."""

from __future__ import annotations

from mangum import Mangum

from handlers.bootstrap import desk
from handlers.web.app import build_site

handler = Mangum(build_site(desk()), lifespan="off")
