"""``mail-insight serve``: the page and the API on one port."""

from __future__ import annotations

import os
import socket
import tempfile

from pipeline.commands.settings import load
from pipeline.errors import SettingsError
from pipeline.settings import Settings

METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where several processes put their metrics together; prometheus_client reads it when it is loaded."""


def run(host: str | None, port: int | None, processes: int | None = None) -> None:
    """Serve until stopped. The application reads its settings from the environment, as under any other server."""
    settings = load()
    given = {"host": host, "port": port, "server_processes": processes}
    serve(settings.model_copy(update={name: value for name, value in given.items() if value is not None}))


def serve(settings: Settings) -> None:
    """Run the web server with these settings.

    Raises:
        SettingsError: the server extra is not installed, or the port is taken.
    """
    try:
        import uvicorn
    except ImportError as error:
        raise SettingsError("The server is not installed. Run: pip install 'mail-insight[server]'") from error
    require_free(settings.host, settings.port)
    os.environ.update(environment(settings))
    with tempfile.TemporaryDirectory(prefix="mail-insight-") as folder:
        if settings.server_processes > 1:
            os.environ[METRICS_FOLDER] = folder
        uvicorn.run(
            "api.app:create_app", factory=True, host=settings.host, port=settings.port, log_level="warning",
            workers=settings.server_processes,
        )  # fmt: skip


def environment(settings: Settings) -> dict[str, str]:
    """The settings as environment variables, for the process that serves."""
    return {f"MAIL_INSIGHT_{name.upper()}": str(value) for name, value in settings.model_dump().items()}


def require_free(host: str, port: int) -> None:
    """Say early and plainly that a port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"Port {port} on {host} cannot be used ({error.strerror}). "
                "Stop what uses it, or choose another with --port or MAIL_INSIGHT_PORT."
            ) from error
