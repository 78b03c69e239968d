# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The WegoWise gateway authors
"""Reads an audit journal by what docs/audit.md says, with nothing of the gateway: chain, tree, and with openssl(1) the
signatures.

    journal.py check DIRECTORY PUBLIC_KEY
    journal.py rewrite DIRECTORY SEGMENT LINE OLD NEW

`check` prints {"records": N, "checkpoints": M} or fails. `rewrite` does what somebody without the key can do: it changes
one line and computes the chain and the trees in all headers anew, so that only the signatures can tell.
"""

import base64
import glob
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

HASH = b',"hash":"'
ED25519_PREFIX = bytes.fromhex("302a300506032b6570032100")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


class Tree:
    """The right edge of an RFC 6962 tree."""

    def __init__(self):
        self.size, self.nodes = 0, []

    def add(self, record_hash):
        node, rest = sha256(b"\0", record_hash), self.size
        while rest & 1:
            node, rest = sha256(b"\1", self.nodes.pop(), node), rest >> 1
        self.nodes.append(node)
        self.size += 1

    def root(self):
        if not self.nodes:
            return sha256()
        root = self.nodes[-1]
        for left in reversed(self.nodes[:-1]):
            root = sha256(b"\1", left, root)
        return root

    def text(self):
        nodes = ",".join(f'"{node.hex()}"' for node in self.nodes)
        return f'"tree":{{"size":{self.size},"nodes":[{nodes}]}}'.encode()


def segments(directory):
    for path in sorted(glob.glob(os.path.join(directory, "audit-*.jsonl*"))):
        if path.endswith((".jsonl", ".gz")):
            with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
                data = file.read()
            assert data.endswith(b"\n"), path
            yield path, data.split(b"\n")[:-1]


def link(body, previous):
    """The line with its place in the chain."""
    body = re.sub(rb'("prev":")[0-9a-f]{64}"$', rb"\g<1>" + previous.hex().encode() + b'"', body)
    digest = sha256(body)
    return body + HASH + digest.hex().encode() + b'"}', digest


def rebuild(directory, change=lambda path, number, body: body):
    """Yields path, number, old line, new line, tree."""
    previous, tree = bytes(32), Tree()
    for path, lines in segments(directory):
        for number, line in enumerate(lines, 1):
            body = change(path, number, line[: line.rindex(HASH)])
            if b'"kind":"segment"' in body:
                body = re.sub(rb'"tree":\{"size":[0-9]+,"nodes":\[[^]]*\]\}', tree.text(), body)
            built, previous = link(body, previous)
            tree.add(previous)
            yield path, number, line, built, tree


def notes(directory):
    with open(os.path.join(directory, "checkpoints"), encoding="utf-8") as file:
        for text in re.findall(r"(?:[^\n]+\n)+\n\u2014 [^\n]+\n", file.read()):
            yield text


def is_signed(message, signature, key):
    with tempfile.TemporaryDirectory() as place:
        names = [os.path.join(place, name) for name in ("key", "message", "signature")]
        for name, data in zip(names, (ED25519_PREFIX + key, message, signature)):
            with open(name, "wb") as file:
                file.write(data)
        command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", names[0],
                   "-in", names[1], "-sigfile", names[2]]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


def check(directory, public_key):
    roots, count = {}, 0
    for path, number, line, built, tree in rebuild(directory):
        count += 1
        assert line == built, f"{path}:{number} is not what its place in the chain asks for"
        record = json.loads(line)
        assert record["seq"] == count and record["v"] == 1, f"{path}:{number}"
        roots[count] = tree.root()
    with open(public_key, encoding="utf-8") as file:
        name, key_id, key = file.read().strip().split("+", 2)
    key = base64.b64decode(key)
    assert key[0] == 1 and sha256(name.encode(), b"\n", key)[:4].hex() == key_id
    checkpoints = 0
    for note in notes(directory):
        message, _, signature = note.rpartition("\n\u2014 ")
        signer, data = signature.split()
        data = base64.b64decode(data)
        size, root = message.split("\n")[1:3]
        assert signer == name and data[:4].hex() == key_id
        assert roots[int(size)] == base64.b64decode(root), f"the root at {size}"
        assert is_signed(message.encode(), data[4:], key[1:]), f"the signature at {size}"
        checkpoints += 1
    print(json.dumps({"records": count, "checkpoints": checkpoints}))


def rewrite(directory, segment, line, old, new):
    def change(path, number, body):
        if os.path.basename(path) == segment and number == int(line):
            assert old.encode() in body
            return body.replace(old.encode(), new.encode())
        return body

    files = {}
    for path, _, _, built, _ in rebuild(directory, change):
        files.setdefault(path, []).append(built + b"\n")
    for path, lines in files.items():
        with (gzip.open if path.endswith(".gz") else open)(path, "wb") as file:
            file.write(b"".join(lines))


if __name__ == "__main__":
    {"check": check, "rewrite": rewrite}[sys.argv[1]](*sys.argv[2:])
