"""A way to a server that wants a token, for a client that has no word for one."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Headers that belong to one connection.
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Authorised:
    """Passes each request on to a port of the loopback, with the token.

    Host and origin name that port where they named this one; all else stays what it is.
    """

    def __init__(self, port: int, token: str) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                own = f":{self.server.server_port}"  # type: ignore[attr-defined]
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                passed = http.client.HTTPConnection("127.0.0.1", port)
                passed.putrequest(
                    self.command, self.path, skip_host=True, skip_accept_encoding=True
                )
                for name, value in self.headers.items():
                    if name.lower() not in HOP:
                        passed.putheader(name, value.replace(own, f":{port}"))
                passed.putheader("Authorization", f"Bearer {token}")
                passed.putheader("Content-Length", str(len(body)))
                passed.endheaders(body)
                answer = passed.getresponse()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in HOP:
                        self.send_header(name, value)
                self.send_header("Connection", "close")
                self.end_headers()
                try:
                    while chunk := answer.read1():
                        self.wfile.write(chunk)
                        self.wfile.flush()
                except (OSError, http.client.HTTPException):
                    # The client has seen enough of a stream without end, or the server ends.
                    pass
                finally:
                    passed.close()
                self.close_connection = True

            do_GET = do_POST = do_DELETE = do_OPTIONS = handle_any

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Nothing is passed on any more."""
        self._server.shutdown()
        self._server.server_close()
