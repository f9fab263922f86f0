"""A prefix before every path: what a proxy serves the site under, whether it passes the prefix on or not."""

from starlette.types import ASGIApp, Receive, Scope, Send

from ligraph.web.addresses import redirect


class Prefix:
    """Gives every request the prefix as its `root_path`."""

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        assert root_path.startswith("/"), "a prefix begins with “/”"
        assert not root_path.endswith("/"), "a prefix does not end with “/”"
        self.app = app
        self.root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its whole path; the prefix alone leads to the first page."""
        if scope["type"] == "http":
            path = scope["path"]
            if path == self.root_path:
                query = scope["query_string"].decode("latin-1")
                await redirect(308, f"{path}/", query=query)(scope, receive, send)
                return
            inside = path.startswith(self.root_path + "/")
            whole = path if inside else self.root_path + path
            scope = {**scope, "root_path": self.root_path, "path": whole}
        await self.app(scope, receive, send)
