"""Serve one arm, named as `module:factory`, on a free port of 127.0.0.1; the port is printed.

Both arms are served alike: one process of uvicorn with uvloop and httptools. The database and the
master key come from the environment, as in production.
"""

import asyncio
import socket
import sys

import uvicorn


def main() -> None:
    config = uvicorn.Config(
        sys.argv[1],
        factory=True,
        loop="uvloop",
        http="httptools",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
    )
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    print(listening.getsockname()[1], flush=True)
    server = uvicorn.Server(config)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(server.serve(sockets=[listening]))


if __name__ == "__main__":
    main()
