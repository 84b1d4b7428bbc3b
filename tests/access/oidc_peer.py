"""A small OpenID Connect provider that speaks the real protocol on a loopback port: discovery, code, token, keys, userinfo."""

import base64
import json
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _number(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).decode().rstrip("=")


class OpenIdPeer:
    """Signs in one subject; every code is good once."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                peer._get(self)

            def do_POST(self) -> None:
                peer._post(self)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> "OpenIdPeer":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.server.shutdown()

    def _get(self, request: BaseHTTPRequestHandler) -> None:
        path = urllib.parse.urlsplit(request.path).path
        numbers = KEY.public_key().public_numbers()
        answers: dict[str, Any] = {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            },
            "/keys": {"keys": [{"kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256", "n": _number(numbers.n), "e": _number(numbers.e)}]},
            "/userinfo": {"sub": self.subject, "email": "somebody@else.example"},
        }
        _answer(request, answers.get(path))

    def _post(self, request: BaseHTTPRequestHandler) -> None:
        request.rfile.read(int(request.headers["Content-Length"]))
        now = int(time.time())
        claims = {"iss": self.url, "sub": self.subject, "aud": "city", "iat": now, "exp": now + 60, "email": "somebody@else.example"}
        _answer(request, {"access_token": "x", "token_type": "Bearer", "id_token": jwt.encode(claims, KEY, "RS256", headers={"kid": "1"})})


def _answer(request: BaseHTTPRequestHandler, body: Any) -> None:
    text = json.dumps(body or {}).encode()
    request.send_response(200 if body else 404)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(text)))
    request.end_headers()
    request.wfile.write(text)
