"""A real IMAP server with one account, whose password serves as its access token, too.

`python -m tests.connectors.imap PORT` runs pymap, which offers no XOAUTH2 by itself.
"""

from __future__ import annotations

import sys
from typing import Any

from pymap.config import IMAPConfig
from pymap.main import main
from pysasl import SASLAuth
from pysasl.creds.plain import PlainCredentials
from pysasl.mechanism.login import LoginMechanism
from pysasl.mechanism.oauth import OAuth2Mechanism
from pysasl.mechanism.plain import PlainMechanism

USER, PASSWORD = "info", "open sesame"  # of a test


class Tokens(OAuth2Mechanism):
    """XOAUTH2, where the token is the password of the account."""

    def server_attempt(self, responses: Any) -> Any:
        """Return what the account is checked with."""
        found, _ = super().server_attempt(responses)
        return PlainCredentials(found.authzid, found._token or ""), None  # it says it nowhere else


if __name__ == "__main__":
    IMAPConfig.tls_auth = property(  # type: ignore[method-assign,assignment]  # pymap has no setting for it
        lambda _config: SASLAuth([PlainMechanism(), LoginMechanism(), Tokens()])
    )
    sys.argv = [
        "pymap", "--host", "127.0.0.1", "--port", sys.argv[1], "--no-tls", "--no-service", "manage",
        "dict", "--demo-data", "--demo-user", USER, "--demo-password", PASSWORD,
    ]  # fmt: skip
    main()
