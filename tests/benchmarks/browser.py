"""A browser for one person: one connection kept open, its cookies, and the token that forms carry."""
from __future__ import annotations

import html
import json
import re
from http.client import HTTPConnection
from time import perf_counter
from typing import Any
from urllib.parse import urlencode


class Browser:
    """Requests to a server on this machine. `seconds` is what the last one took, from sending to the last byte."""

    def __init__(self, port: int):
        self.port, self.cookies, self.seconds = port, {}, 0.0
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self.csrf = ""

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        headers |= {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Accept-Language": "zh"}
        begun = perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        self.seconds = perf_counter() - begun
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _eq, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return response.status, text

    def get(self, path: str) -> str:
        status, text = self.request("GET", path)
        if status != 200:
            raise RuntimeError(f"GET {path}: {status} {text[:300]}")
        found = re.search(r'name="csrf-token" content="([^"]+)"', text)
        self.csrf = found[1] if found else self.csrf
        return text

    def send_json(self, path: str, body: Any) -> Any:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": self.csrf}
        status, text = self.request("POST", path, json.dumps(body).encode(), **headers)
        if status != 200:
            raise RuntimeError(f"POST {path}: {status} {text[:300]}")
        return json.loads(text)

    def send_form(self, path: str, fields: dict[str, str], expected: int = 200) -> str:
        body = urlencode({**fields, "csrf_token": self.csrf}).encode()
        status, text = self.request("POST", path, body, **{"Content-Type": "application/x-www-form-urlencoded"})
        if status != expected:
            raise RuntimeError(f"POST {path}: {status} {text[:300]}")
        return text

    def log_in(self, login: str) -> None:
        self.get(f"/bench/login/{login}")
        self.get("/desk/")


def hidden(text: str, name: str) -> str:
    """The value of a hidden field of a page."""
    return html.unescape(re.search(rf'name="{name}" value="([^"]*)"', text)[1])
