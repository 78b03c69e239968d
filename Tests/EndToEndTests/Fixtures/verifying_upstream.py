# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The WegoWise gateway authors
"""A strict OAuth 1.0 upstream for tests, independent of the gateway's own signer.

It reads HTTP/1.1 from the socket itself, so that the signature is checked over the request target exactly as it came,
with python3-oauthlib. Good requests are answered with an echo; every request, good or bad, is reported as one JSON
line on standard output. Paths below /api/v1/magic/ make it misbehave (see `MAGIC`). Commands come on standard input:
`release NAME` lets requests of /api/v1/magic/hold/NAME go on. It ends when standard input is closed.

The first line on standard output is {"port": N}.
"""

import argparse
import base64
import gzip
import hashlib
import json
import os
import re
import socket
import ssl
import struct
import sys
import threading
import time
import types
from urllib.parse import parse_qsl, unquote_to_bytes

from oauthlib.oauth1.rfc5849 import signature

IDLE_SECONDS = 60  # an unused connection
HOLD_SECONDS = 60  # the longest a request is held
CLOCK_WINDOW = 300  # seconds an oauth_timestamp may be off
MAX_HEAD = 64 * 1024
MAX_BODY = 32 * 1024 * 1024
REQUIRED = ("oauth_consumer_key", "oauth_token", "oauth_signature_method",
            "oauth_signature", "oauth_timestamp", "oauth_nonce")
OPTIONAL = ("oauth_version", "realm")
# What a gateway must keep to itself.
PRIVATE_HEADERS = ("cookie", "traceparent", "tracestate", "origin", "proxy-authorization", "x-forwarded-for",
                   "forwarded", "expect", "upgrade", "te", "keep-alive")


class BadRequest(Exception):
    """Bytes that are not a request this server reads."""


class Request:
    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body

    def values(self, name):
        return [value for key, value in self.headers if key.lower() == name]

    @property
    def path(self):
        return self.target.partition("?")[0]

    @property
    def query(self):
        return self.target.partition("?")[2]


class Reader:
    """Whole requests from one connection; bytes after a request stay for the next."""

    def __init__(self, connection):
        self.connection, self.buffer = connection, b""

    def more(self):
        data = self.connection.recv(65536)
        if not data:
            raise EOFError
        self.buffer += data

    def until(self, mark, limit):
        while mark not in self.buffer:
            if len(self.buffer) > limit:
                raise BadRequest("head too large")
            self.more()
        part, _, self.buffer = self.buffer.partition(mark)
        return part

    def exactly(self, count):
        if count > MAX_BODY:
            raise BadRequest("body too large")
        while len(self.buffer) < count:
            self.more()
        part, self.buffer = self.buffer[:count], self.buffer[count:]
        return part

    def request(self):
        lines = self.until(b"\r\n\r\n", MAX_HEAD).split(b"\r\n")
        match = re.fullmatch(rb"([A-Z]+) ([\x21-\x7e]+) HTTP/1\.1", lines[0])
        if not match:
            raise BadRequest(f"request line {lines[0]!r}")
        headers = []
        for line in lines[1:]:
            field = re.fullmatch(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\t]*?)[ \t]*", line)
            if not field:
                raise BadRequest(f"header line {line.partition(b':')[0]!r}")
            headers.append((field[1].decode(), field[2].decode()))
        request = Request(match[1].decode(), match[2].decode(), headers, b"")
        lengths, codings = request.values("content-length"), request.values("transfer-encoding")
        if lengths and codings or len(lengths) > 1 or len(codings) > 1:
            raise BadRequest("ambiguous framing")
        if codings:
            request.body = self.chunked(codings[0])
        elif lengths:
            if not re.fullmatch(r"[0-9]+", lengths[0]):
                raise BadRequest("Content-Length")
            request.body = self.exactly(int(lengths[0]))
        return request

    def chunked(self, coding):
        if coding != "chunked":
            raise BadRequest(f"transfer coding {coding}")
        body = b""
        while size := int(self.until(b"\r\n", 64), 16):
            body += self.exactly(size)
            if self.exactly(2) != b"\r\n" or len(body) > MAX_BODY:
                raise BadRequest("chunk")
        if self.until(b"\r\n", 64):
            raise BadRequest("trailers")
        return body


class Verifier:
    """RFC 5849 section 3.2, as strict as the RFC allows."""

    def __init__(self, scheme, authority, credentials):
        self.scheme, self.authority = scheme, authority
        self.consumers, self.tokens = credentials["consumers"], credentials["tokens"]
        self.seen, self.lock = set(), threading.Lock()

    def verdict(self, request):
        """("ok", label of the token) or (what is wrong, None)."""
        if request.values("host") != [self.authority]:
            return f"Host is {request.values('host')}", None
        for name in PRIVATE_HEADERS:
            if request.values(name):
                return f"header {name} reached the upstream", None
        if any(name.lower().startswith("wego-gateway") for name, _ in request.headers):
            return "a Wego-Gateway header reached the upstream", None
        values = request.values("authorization")
        if request.path == "/api/v1/utility_companies":
            return ("public", None) if not values else ("Authorization on the public resource", None)
        if len(values) != 1:
            return f"{len(values)} Authorization headers", None
        return self.signed(request, values[0])

    def signed(self, request, header):
        try:
            oauth = parse_header(header)
        except ValueError as error:
            return f"Authorization: {error}", None
        for name in REQUIRED:
            if not oauth.get(name):
                return f"{name} is missing", None
        if unknown := set(oauth) - set(REQUIRED) - set(OPTIONAL):
            return f"unexpected {sorted(unknown)}", None
        if oauth.get("oauth_version", "1.0") != "1.0" or oauth["oauth_signature_method"] != "HMAC-SHA1":
            return "oauth_version or oauth_signature_method", None
        if not re.fullmatch(r"[1-9][0-9]*", oauth["oauth_timestamp"]):
            return "oauth_timestamp is not a positive integer", None
        if abs(int(oauth["oauth_timestamp"]) - time.time()) > CLOCK_WINDOW:
            return "oauth_timestamp is outside the window", None
        consumer, token = oauth["oauth_consumer_key"], self.tokens.get(oauth["oauth_token"])
        if consumer not in self.consumers:
            return "unknown oauth_consumer_key", None
        if token is None or token["consumer"] != consumer:
            return "unknown oauth_token", None
        if not self.is_correct(request, header, oauth, self.consumers[consumer], token["secret"]):
            return "oauth_signature does not match", None
        with self.lock:
            use = (oauth["oauth_timestamp"], oauth["oauth_nonce"], oauth["oauth_token"])
            if use in self.seen:
                return "oauth_nonce was used before", None
            self.seen.add(use)
        return "ok", token["label"]

    def is_correct(self, request, header, oauth, consumer_secret, token_secret):
        content_types = request.values("content-type")
        is_form = content_types and content_types[0].partition(";")[0].strip() == "application/x-www-form-urlencoded"
        try:
            pairs = signature.collect_parameters(
                uri_query=request.query, body=request.body.decode("utf-8") if is_form else [],
                headers={"Authorization": header}, exclude_oauth_signature=True)
        except ValueError:
            return False
        uri = signature.base_string_uri(f"{self.scheme}://{self.authority}{request.path}")
        base = signature.signature_base_string(request.method, uri, signature.normalize_parameters(pairs))
        secrets = types.SimpleNamespace(client_secret=consumer_secret, resource_owner_secret=token_secret)
        expected = signature.sign_hmac_sha1_with_client(base, secrets)
        return signature.safe_string_equals(expected, oauth["oauth_signature"])


def parse_header(value):
    """RFC 5849 section 3.5.1 without any leniency."""
    if not value.startswith("OAuth "):
        raise ValueError("scheme is not OAuth")
    found = {}
    for part in value[len("OAuth "):].split(","):
        match = re.fullmatch(r'\s*([a-z_]+)="((?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*)"\s*', part)
        if not match:
            raise ValueError("a parameter is not name=\"percent-encoded\"")
        if match[1] in found:
            raise ValueError(f"{match[1]} is repeated")
        found[match[1]] = unquote_to_bytes(match[2]).decode("utf-8")
    return found


class Upstream:
    def __init__(self, verifier, records):
        self.verifier, self.records = verifier, records
        self.lock, self.counter = threading.Lock(), 0
        self.gates, self.changed = set(), threading.Condition()

    def report(self, record):
        line = json.dumps(record) + "\n"
        with self.lock:
            sys.stdout.write(line)
            sys.stdout.flush()
            if self.records:
                self.records.write(line)
                self.records.flush()

    def release(self, name):
        with self.changed:
            self.gates.add(name)
            self.changed.notify_all()

    def wait_for(self, name):
        with self.changed:
            self.changed.wait_for(lambda: name in self.gates, HOLD_SECONDS)

    def serve(self, connection, number):
        reader = Reader(connection)
        try:
            for index in range(1_000_000):
                if not self.answer(connection, reader, number, index):
                    break
        except (EOFError, OSError, ValueError):
            pass
        except BadRequest as error:
            self.report({"verdict": f"bad request: {error}", "connection": number})
        finally:
            try:
                connection.close()
            except OSError:
                pass

    def answer(self, connection, reader, number, index):
        request = reader.request()
        verdict, label = self.verifier.verdict(request)
        seen = {
            "verdict": verdict, "user": label, "method": request.method, "target": request.target,
            "parameters": parse_qsl(request.query, keep_blank_values=True),
            "headers": [pair for pair in request.headers if pair[0].lower() != "authorization"],
            "body": base64.b64encode(request.body).decode(), "sha256": hashlib.sha256(request.body).hexdigest(),
            "connection": number, "index": index,
        }
        self.report(seen)
        if verdict not in ("ok", "public"):
            return send(connection, 401, {"errors": verdict})
        if request.method == "HEAD":
            connection.sendall(head(200, [("Content-Type", "application/json"), ("Content-Length", 123)]))
            return True
        magic = request.path.split("/")[3:]
        if magic[:1] == ["magic"] and len(magic) > 1:
            return MAGIC[magic[1]](self, connection, seen, *magic[2:])
        return send(connection, 200, seen)


def head(status, fields):
    lines = [f"HTTP/1.1 {status} Scripted", *(f"{name}: {value}" for name, value in fields)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def send(connection, status, document, extra=()):
    body = json.dumps(document).encode()
    fields = [("Content-Type", "application/json"), ("Content-Length", len(body)), *extra]
    connection.sendall(head(status, fields) + body)
    return True


def reset(connection):
    """Ends the connection with a TCP reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def hold(upstream, connection, seen, name):
    upstream.wait_for(name)
    return send(connection, 200, seen)


def delay(upstream, connection, seen, milliseconds):
    time.sleep(int(milliseconds) / 1000)
    return send(connection, 200, seen)


def cut(upstream, connection, seen, where):
    body = json.dumps(seen).encode()
    full = head(200, [("Content-Type", "application/json"), ("Content-Length", len(body))])
    if where == "mid-head":
        connection.sendall(full[:30])
    elif where == "mid-body":
        connection.sendall(full + body[: len(body) // 2])
    elif where == "mid-chunk":
        connection.sendall(head(200, [("Transfer-Encoding", "chunked")]) + b"40\r\n{\"half\":")
    elif where == "reset":
        return reset(connection)
    return False


def garbage(upstream, connection, seen, kind="noise"):
    connection.sendall({
        "noise": bytes(range(256)) * 4,
        "http09": b"<html>no status line</html>\r\n",
        "status": b"HTTP/1.1 2000 Many\r\nContent-Length: 0\r\n\r\n",
        "length": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        "control": b"HTTP/1.1 200 OK\r\nX-Bad: a\x00b\r\nContent-Length: 2\r\n\r\n{}",
        "chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    }[kind])
    return False


def drip(upstream, connection, seen, milliseconds="200"):
    body = json.dumps(seen).encode()
    for byte in head(200, [("Content-Type", "application/json"), ("Content-Length", len(body))]) + body:
        connection.sendall(bytes([byte]))
        time.sleep(int(milliseconds) / 1000)
    return True


def stray(upstream, connection, seen):
    """A good answer, and behind it one nobody asked for. In one write: a stray answer that crosses the next request on the
    wire cannot be told from the right one by anybody, and is not what this is about."""
    whole = b""
    for document in (seen, {"stray": "this answer belongs to nobody"}):
        body = json.dumps(document).encode()
        whole += head(200, [("Content-Type", "application/json"), ("Content-Length", len(body))]) + body
    connection.sendall(whole)
    return True


def big(upstream, connection, seen, size, framing="length"):
    block = (b"0123456789abcdef" * 1024)
    body = block * (int(size) // len(block)) + block[: int(size) % len(block)]
    if framing == "length":
        connection.sendall(head(200, [("Content-Type", "text/plain"), ("Content-Length", len(body))]) + body)
        return True
    connection.sendall(head(200, [("Content-Type", "text/plain"), ("Transfer-Encoding", "chunked")]))
    for start in range(0, len(body), 5000):
        part = body[start:start + 5000]
        connection.sendall(b"%x\r\n%s\r\n" % (len(part), part))
    connection.sendall(b"0\r\n\r\n")
    return True


def odd(upstream, connection, seen):
    extra = [("X-Repeated", "one"), ("X-Repeated", "two"), ("x-lower", "kept"), ("X-Empty", ""),
             ("ETag", 'W/"7"'), ("Set-Cookie", "session=1"), ("Connection", "X-Hop"), ("X-Hop", "must not pass"),
             ("Keep-Alive", "timeout=5"), ("Date", "Sun, 06 Nov 1994 08:49:37 GMT")]
    return send(connection, 200, seen, extra)


def empty(upstream, connection, seen, status):
    connection.sendall(head(int(status), [("X-Kept", "yes")]))
    return True


def compressed(upstream, connection, seen):
    body = gzip.compress(json.dumps(seen).encode(), mtime=0)
    fields = [("Content-Type", "application/json"), ("Content-Encoding", "gzip"), ("Content-Length", len(body))]
    connection.sendall(head(200, fields) + body)
    return True


def closing(upstream, connection, seen, framing="length"):
    body = json.dumps(seen).encode()
    fields = [("Content-Type", "application/json"), ("Connection", "close")]
    if framing == "length":
        fields.append(("Content-Length", len(body)))
    connection.sendall(head(200, fields) + body)
    return False


def redirect(upstream, connection, seen):
    return send(connection, 302, {}, [("Location", f"https://{upstream.verifier.authority}/api/v1/elsewhere")])


def hints(upstream, connection, seen):
    connection.sendall(head(103, [("Link", "</style.css>")]))
    return send(connection, 200, seen)


def status(upstream, connection, seen, code):
    return send(connection, int(code), {"errors": f"scripted {code}"})


MAGIC = {
    "hold": hold, "delay": delay, "cut": cut, "garbage": garbage, "drip": drip, "stray": stray, "big": big,
    "odd": odd, "empty": empty, "gzip": compressed, "close": closing, "redirect": redirect, "hints": hints,
    "status": status,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--credentials", required=True, help="JSON file: consumers and tokens with their secrets")
    parser.add_argument("--certificate", help="PEM file; with --key the server speaks https")
    parser.add_argument("--key")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--records", help="file that gets a copy of every record")
    arguments = parser.parse_args()
    with open(arguments.credentials, encoding="utf-8") as file:
        credentials = json.load(file)
    listener = socket.create_server(("127.0.0.1", arguments.port), backlog=256)
    port = listener.getsockname()[1]
    context = None
    if arguments.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments.certificate, arguments.key)
    records = open(arguments.records, "a", encoding="utf-8") if arguments.records else None
    verifier = Verifier("https" if context else "http", f"localhost:{port}", credentials)
    upstream = Upstream(verifier, records)
    threading.Thread(target=accept, args=(upstream, listener, context), daemon=True).start()
    print(json.dumps({"port": port}), flush=True)
    for line in sys.stdin:
        command, _, name = line.strip().partition(" ")
        if command == "release":
            upstream.release(name)
    os._exit(0)


def accept(upstream, listener, context):
    number = 0
    while True:
        connection, _ = listener.accept()
        number += 1
        threading.Thread(target=converse, args=(upstream, connection, context, number), daemon=True).start()


def converse(upstream, connection, context, number):
    connection.settimeout(IDLE_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        if context:
            connection = context.wrap_socket(connection, server_side=True)
    except OSError:
        connection.close()
        return
    upstream.serve(connection, number)


if __name__ == "__main__":
    main()
