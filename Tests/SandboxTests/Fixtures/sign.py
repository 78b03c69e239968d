# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The WegoWise gateway authors
"""Signs requests with oauthlib: one JSON object per line in, one Authorization header per line out."""

import json
import sys

from oauthlib.oauth1 import Client

for line in sys.stdin:
    request = json.loads(line)
    client = Client(
        client_key=request["consumer_key"],
        client_secret=request["consumer_secret"],
        resource_owner_key=request["token"],
        resource_owner_secret=request["token_secret"],
        signature_method=request.get("signature_method", "HMAC-SHA1"),
        timestamp=request["timestamp"],
        nonce=request["nonce"],
        realm=request.get("realm"),
    )
    headers = {}
    if "content_type" in request:
        headers["Content-Type"] = request["content_type"]
    _, signed, _ = client.sign(
        request["url"], http_method=request["method"], body=request.get("body"), headers=headers
    )
    print(signed["Authorization"])
