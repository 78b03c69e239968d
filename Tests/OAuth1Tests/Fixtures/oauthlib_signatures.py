# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The WegoWise gateway authors
"""Signs requests with oauthlib, so that a test can compare.

Reads one JSON object per line from the named file and writes one per line to standard output: {"authorization": ...} or
{"error": ...}. Ends with status 3 if oauthlib is not installed.
"""

import json
import sys

try:
    from oauthlib.oauth1 import Client
except ImportError:
    sys.stderr.write("oauthlib is missing; install it with `apt-get install python3-oauthlib`\n")
    sys.exit(3)

FORM = "application/x-www-form-urlencoded"


def authorization(request):
    client = Client(
        request["consumerKey"],
        client_secret=request["consumerSecret"],
        resource_owner_key=request.get("token"),
        resource_owner_secret=request.get("tokenSecret"),
        callback_uri=request.get("callback"),
        verifier=request.get("verifier"),
        signature_method=request["signatureMethod"],
        nonce=request["nonce"],
        timestamp=str(request["timestamp"]),
    )
    body, headers = None, {}
    if request.get("form") is not None:
        body, headers = request["form"], {"Content-Type": FORM}
    elif request.get("json") is not None:
        body, headers = request["json"], {"Content-Type": "application/json"}
    _, signed, _ = client.sign(request["uri"], request["method"], body, headers)
    return signed["Authorization"]


with open(sys.argv[1], encoding="utf-8") as requests:
    for line in requests:
        try:
            answer = {"authorization": authorization(json.loads(line))}
        except Exception as error:
            answer = {"error": repr(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
