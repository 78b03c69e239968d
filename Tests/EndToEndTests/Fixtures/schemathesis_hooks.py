# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The WegoWise gateway authors
"""What schemathesis is to look at besides its own checks: answers the gateway made itself."""

import re

import schemathesis
from schemathesis.generation import GenerationMode

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


@schemathesis.hook
def before_call(context, case, kwargs):
    """Envelopes name a user there is, where they name one at all."""
    body = case.body
    if case.operation.path == "/forward" and isinstance(body, dict) and isinstance(body.get("user"), str):
        if NAME.fullmatch(body["user"]):
            body["user"] = "alice"


@schemathesis.check
def gateway_keeps_its_word(context, response, case):
    """The gateway does not fail by itself, answers in its one form, and refuses nothing that its document allows."""
    def header(name):
        return (response.headers.get(name) or [None])[0]

    assert header("wego-gateway-request-id"), "no request id"
    if header("wego-gateway-error-source") != "gateway":
        return
    assert response.status_code < 500, f"a failure of the gateway's own: {response.text}"
    if case.operation.path == "/oauth/callback" and header("content-type") == "text/html; charset=utf-8":
        assert "<h1>" in response.text and header("content-security-policy"), response.text
        return
    assert header("content-type") == "application/problem+json", header("content-type")
    problem = response.json()
    assert problem["status"] == response.status_code and problem["errors"], problem
    is_valid = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    # JSON Schema cannot compare two dates, and knows neither consumers nor the configuration.
    is_beyond_schemas = (
        "expected a day not before" in problem["detail"]
        or problem["type"].rpartition(":")[2] in ("consumer-not-found", "return-to-not-allowed")
    )
    if is_valid and not is_beyond_schemas:
        assert response.status_code not in (400, 413, 415, 422), f"a valid request was refused: {problem}"
