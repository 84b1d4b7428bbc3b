"""A push service for our side, and the browsers behind it: it reads RFC 8030, 8188, 8291 and 8292 for itself, with nothing of the product.

It checks who signed, opens what was sealed with the browser's own keys, and says what it is told to say: 201, 410, 429, 500, a redirect, nothing.
"""

import base64
import hashlib
import hmac
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 for one block."""
    key = hmac.new(salt, secret, hashlib.sha256).digest()
    return hmac.new(key, info + b"\x01", hashlib.sha256).digest()[:length]


class Browser:
    """The keys of a subscription, which no server ever has."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        self.point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def keys(self) -> dict[str, str]:
        return {"endpoint": self.endpoint, "p256dh": b64(self.point), "auth": b64(self.auth)}

    def open(self, body: bytes) -> bytes:
        """RFC 8291: what was sealed for this browser."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert length == 65 and len(body) <= size
        shared = self.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        secret = hkdf(self.auth, shared, b"WebPush: info\0" + self.point + theirs, 32)
        key, nonce = hkdf(salt, secret, b"Content-Encoding: aes128gcm\0", 16), hkdf(salt, secret, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert plain[-1:] == b"\x02"
        return plain[:-1]


@dataclass
class Got:
    """One request: its headers in small letters, and what it said once opened."""

    headers: dict[str, str]
    said: dict[str, Any]
    claims: dict[str, Any]


@dataclass
class Peer:
    """What it says: `answers` one after the other, the last for all that come after; and what it was given."""

    origin: str = ""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=lambda: [(201, {})])
    silent: threading.Event | None = None
    browsers: dict[str, Browser] = field(default_factory=dict)
    got: list[Got] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    asked: int = 0

    def browser(self, name: str) -> Browser:
        """A browser that subscribed here."""
        made = Browser(f"{self.origin}/wpush/{name}")
        self.browsers[f"/wpush/{name}"] = made
        return made

    def says(self, *statuses: int, **headers: str) -> None:
        self.asked = 0
        self.answers = [(status, {name.replace("_", "-"): value for name, value in headers.items()}) for status in statuses]

    @property
    def said(self) -> list[dict[str, Any]]:
        return [each.said for each in self.got]


def signed(header: str) -> dict[str, Any]:
    """RFC 8292: the claims of who sends, once the signature is right."""
    scheme, _space, rest = header.partition(" ")
    parts = dict(each.strip().split("=", 1) for each in rest.split(","))
    head, body, signature = parts["t"].split(".")
    raw = unb64(signature)
    assert scheme == "vapid" and len(raw) == 64 and json.loads(unb64(head))["alg"] == "ES256"
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(parts["k"]))
    both = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(both, f"{head}.{body}".encode(), ec.ECDSA(SHA256()))
    return dict(json.loads(unb64(body)), k=parts["k"])


@contextmanager
def running(port: int = 0) -> Iterator[Peer]:
    """A service on a port of its own, or on this one, until the test is over."""
    peer = Peer()

    class Service(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            peer.asked += 1
            if peer.silent is not None:
                peer.silent.wait(30)
                self.close_connection = True
                return
            if self.path not in peer.browsers:
                peer.elsewhere.append(self.path)
            else:
                try:
                    claims = signed(headers["authorization"])
                    assert claims["aud"] == peer.origin and time.time() < claims["exp"] <= time.time() + 86_400, claims
                    assert headers["content-encoding"] == "aes128gcm" and int(headers["ttl"]) >= 0 and len(headers["topic"]) <= 32
                    peer.got.append(Got(headers, json.loads(peer.browsers[self.path].open(body)), claims))
                except Exception as error:  # said to the test, which runs in another thread
                    peer.faults.append(f"{type(error).__name__}: {error}")
            status, more = peer.answers[min(peer.asked, len(peer.answers)) - 1]
            self.send_response(status)
            for name, value in (more | {"Content-Length": "0"}).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Service)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    peer.origin = f"http://127.0.0.1:{server.server_port}"
    yield peer
    if peer.silent is not None:
        peer.silent.set()
    server.shutdown()
    server.server_close()
    assert peer.faults == []
