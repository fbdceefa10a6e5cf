"""A real S3 server on loopback, with a folder behind each bucket."""

import os
import shutil
import socket
import subprocess
import time

ACCESS, SECRET = "benchmark", "benchmark-secret"


def server_binary():
    """versitygw from PATH, or as the tests have built it; None where there is none."""
    built = os.path.expanduser("~/.cache/godwit-test/bin/versitygw")
    return shutil.which("versitygw") or (built if os.access(built, os.X_OK) else None)


class Bucket:
    def __init__(self, server, name):
        self.name, self.endpoint = name, server.endpoint
        self.folder = os.path.join(server.root, name)

    def clear(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)

    @staticmethod
    def environment():
        return {"AWS_ACCESS_KEY_ID": ACCESS, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "us-east-1"}


class Server:
    def __init__(self, root):
        self.root = root
        shutil.rmtree(root, ignore_errors=True)
        os.makedirs(root)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        keys = ["--access", ACCESS, "--secret", SECRET, "--region", "us-east-1"]
        where = ["--port", f"127.0.0.1:{self.port}", "--quiet", "--keep-alive", "posix", self.root]
        self.process = subprocess.Popen(
            [server_binary(), *keys, *where], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        raise RuntimeError("versitygw does not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.root, ignore_errors=True)
