"""Caches that stand before a server: Varnish and nginx, as they come, and both told to keep what they may not.

The second kind heeds nothing of `Cache-Control`, so that it keeps every answer by its address and its `Vary` alone.
"""

import gzip
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import brotli
from programs import program
from servers import free_port

VCL = """\
vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "PORT"; }
sub vcl_deliver { set resp.http.X-Cache = obj.hits; }
"""
VCL_THAT_KEEPS = """\
sub vcl_backend_response { set beresp.ttl = 60s; set beresp.grace = 0s; return (deliver); }
"""

NGINX = """\
daemon off;
USER
worker_processes 1;
pid nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;
  scgi_temp_path scgi; proxy_cache_path cache keys_zone=documents:1m;
  server {
    listen 127.0.0.1:HERE;
    location / {
      proxy_pass http://127.0.0.1:PORT;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_cache documents;
      proxy_cache_key KEY;
      add_header X-Cache $upstream_cache_status always;
      KEEPING
    }
  }
}
"""
# $uri is decoded: an address would be one with its other spellings, which are redirected to it.
KEY, KEY_THAT_KEEPS = "$uri$is_args$args", "$request_uri"
NGINX_THAT_KEEPS = "proxy_ignore_headers Cache-Control Expires; proxy_cache_valid any 60s;"

CACHES = ("varnish", "varnish that keeps", "nginx", "nginx that keeps")
KEEPING = tuple(name for name in CACHES if name.endswith(" that keeps"))


@contextmanager
def cache_before(name: str, origin: str, folder: Path) -> Iterator[str]:
    """Run a cache before a server, and yield its address."""
    kind, _, keeps = name.partition(" ")
    port = free_port()
    upstream = str(urlsplit(origin).port)
    if kind == "varnish":
        (folder / "cache.vcl").write_text((VCL + (VCL_THAT_KEEPS if keeps else "")).replace("PORT", upstream))
        # It would change to a user that cannot read a folder of ours.
        command = [program("varnishd"), "-F", "-j", "none", "-n", str(folder / "work"), "-T", "none"]
        command += ["-a", f"127.0.0.1:{port}", "-f", str(folder / "cache.vcl"), "-s", "malloc,32m"]
    else:
        text = NGINX.replace("HERE", str(port)).replace("PORT", upstream)
        text = text.replace("KEEPING", NGINX_THAT_KEEPS if keeps else "")
        text = text.replace("KEY", KEY_THAT_KEEPS if keeps else KEY)
        text = text.replace("USER", "user root;" if os.geteuid() == 0 else "")
        (folder / "nginx.conf").write_text(text)
        command = [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            wait_for(port, process, folder / "log")
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait(20)


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when a program answers; it has to compile its configuration first."""
    for _ in range(300):
        assert process.poll() is None, log.read_text("utf-8")
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("HEAD", "/health")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise AssertionError(log.read_text("utf-8"))


@dataclass(frozen=True)
class Answer:
    """What came back: the bytes as they were sent, and headers whose names are in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> bytes:
        """The bytes without their content coding."""
        coding = self.header("content-encoding")
        content: bytes = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}[coding](self.body)
        return content

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


def ask(address: str, path: str, headers: Mapping[str, str], method: str = "GET") -> Answer:
    """Ask for just what is given: of its own, the library would ask for no content coding."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=20)
    connection.putrequest(method, f"/{path}", skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    answer = Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    connection.close()
    return answer
