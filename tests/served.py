"""An application on a free local port, in a thread, as a browser or another process meets it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send


@contextmanager
def running(make: Callable[[str], ASGIApp], heard: list[str] | None = None) -> Iterator[str]:
    """The address of the application that `make` makes for it.

    Every path and query that reaches it is put into `heard`.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = make(address)

        async def listening(scope: Scope, receive: Receive, send: Send) -> None:
            if heard is not None and scope["type"] == "http":
                heard.append(f"{scope['raw_path'].decode()}?{scope['query_string'].decode()}")
            await app(scope, receive, send)

        config = uvicorn.Config(
            listening, log_level="error", access_log=False, lifespan="off", ws="none"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join(10)
