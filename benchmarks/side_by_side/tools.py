"""Godwit and its peers: the words of each for the same work."""

import os
import shutil
import subprocess

from .measure import timed

GODWIT = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "godwit")


INSTALL = {
    "borg": ["borg", "python3 -m venv {peers} && {peers}/bin/pip install borgbackup==1.4.5"],
    "rustic": ["rustic", "cargo install rustic-rs --version 0.11.4 --locked --root {peers}"],
}


def install(name, peers):
    """Makes what a registry of packages has; the others come from their makers' releases, by hand."""
    binary, command = INSTALL.get(name.split("-")[0], (None, None))
    if binary:
        subprocess.run(command.format(peers=peers), shell=True, check=False)
    return shutil.which(binary or name, path=os.path.join(peers, "bin")) is not None


def bytes_below(folder):
    total = 0
    for path, _, files in os.walk(folder):
        total += sum(os.path.getsize(os.path.join(path, name)) for name in files)
    return total


def move_only_file(folder, target):
    """Out of the folders in which a tool restores a path."""
    for path, _, files in os.walk(folder):
        for name in files:
            os.replace(os.path.join(path, name), target)


class Tool:
    """One tool: where it keeps its repository and cache, and its words for the same work."""

    cbt = False

    def __init__(self, work, bucket=None):
        self.home = os.path.join(work, "run", self.name)
        self.repo = os.path.join(self.home, "repo")
        self.bucket = bucket
        self.env = dict(os.environ, HOME=self.home, XDG_CACHE_HOME=os.path.join(self.home, "cache"))
        if bucket:
            self.env.update(bucket.environment())

    def fresh(self):
        self.remove()
        os.makedirs(self.home)
        if self.bucket:
            self.bucket.clear()
        self.init()

    def remove(self):
        shutil.rmtree(self.home, ignore_errors=True)

    def stored(self):
        return bytes_below(self.bucket.folder if self.bucket else self.repo)

    def run(self, *command, cwd=None):
        return timed(list(command), self.env, cwd)


class Godwit(Tool):
    name = "godwit"
    cbt = True

    def __init__(self, work, bucket=None):
        super().__init__(work, bucket)
        self.key = os.path.join(self.home, "key")
        if bucket:
            self.repo = f"s3://{bucket.name}/repo?endpoint={bucket.endpoint}&region=us-east-1&path-style=true"
        self.common = ["--key-file", self.key, "-r", self.repo, "--no-progress", "--quiet"]

    @staticmethod
    def version():
        return subprocess.run([GODWIT, "--version"], capture_output=True, text=True, check=True).stdout.strip()

    def init(self):
        with open(self.key, "wb") as file:
            file.write(os.urandom(32))
        self.run(GODWIT, "init", *self.common)

    def backup(self, image, changes=None, volume="disk", more=()):
        with_cbt = ["--changed-extents", changes, "--parent", self.newest()] if changes else []
        return self.run(*self.backup_command(image, volume), *with_cbt, *more)

    def backup_command(self, image, volume="disk"):
        return [GODWIT, "backup", volume, image, *self.common]

    def newest(self):
        listed = subprocess.run(
            [GODWIT, "snapshots", *self.common], env=self.env, capture_output=True, text=True, check=True
        )
        return listed.stdout.split()[-1]

    def restore(self, target, *more):
        return self.run(GODWIT, "restore", "latest:disk", target, *more, *self.common)


class Borg(Tool):
    name = "borg"
    chunker = "buzhash,19,23,21,4095"

    @staticmethod
    def version():
        return subprocess.run(["borg", "--version"], capture_output=True, text=True, check=True).stdout.strip()

    def __init__(self, work):
        super().__init__(work)
        self.env.update(BORG_PASSPHRASE="benchmark", BORG_BASE_DIR=self.home, BORG_RELOCATED_REPO_ACCESS_IS_OK="yes")
        self.count = 0

    def init(self):
        self.count = 0
        self.run("borg", "init", "-e", "repokey-blake2", self.repo)

    def backup(self, image, changes=None):
        self.count += 1
        archive = f"{self.repo}::a{self.count}"
        return self.run("borg", "create", "-C", "zstd,1", "--chunker-params", self.chunker, archive, image)

    def restore(self, target):
        folder = os.path.join(self.home, "restored")
        os.makedirs(folder, exist_ok=True)
        result = self.run("borg", "extract", f"{self.repo}::a{self.count}", cwd=folder)
        move_only_file(folder, target)
        return result


class BorgFixed(Borg):
    name = "borg-fixed-64k"
    chunker = "fixed,65536"


class Restic(Tool):
    name = "restic"

    @staticmethod
    def version():
        return subprocess.run(["restic", "version"], capture_output=True, text=True, check=True).stdout.strip()

    def __init__(self, work, bucket=None):
        super().__init__(work, bucket)
        where = f"s3:{bucket.endpoint}/{bucket.name}/repo" if bucket else self.repo
        self.env.update(RESTIC_PASSWORD="benchmark", RESTIC_REPOSITORY=where)

    def init(self):
        self.run("restic", "init", "--repository-version", "2")

    def backup(self, image, changes=None):
        return self.run("restic", "backup", *self.connections(), image)

    def connections(self):
        return ["-o", "s3.connections=8"] if self.bucket else []

    def restore(self, target):
        folder = os.path.join(self.home, "restored")
        result = self.run("restic", "restore", *self.connections(), "latest", "--target", folder)
        move_only_file(folder, target)
        return result


class Rustic(Restic):
    name = "rustic"
    init_flags = ["--set-compression", "1"]

    @staticmethod
    def version():
        return subprocess.run(["rustic", "--version"], capture_output=True, text=True, check=True).stdout.strip()

    def __init__(self, work):
        super().__init__(work)
        self.env.update(RUSTIC_PASSWORD="benchmark", RUSTIC_REPOSITORY=self.repo)

    def init(self):
        self.run("rustic", "init", *self.init_flags)

    def backup(self, image, changes=None):
        return self.run("rustic", "backup", image)

    def restore(self, target):
        folder = os.path.join(self.home, "restored")
        os.makedirs(folder, exist_ok=True)
        result = self.run("rustic", "restore", "latest", folder)
        move_only_file(folder, target)
        return result


class RusticFixed(Rustic):
    name = "rustic-fixed-64k"
    init_flags = ["--set-compression", "1", "--set-chunker", "fixed_size", "--set-chunk-size", "64KiB"]


class Kopia(Tool):
    name = "kopia"

    @staticmethod
    def version():
        return subprocess.run(["kopia", "--version"], capture_output=True, text=True, check=True).stdout.strip()

    def __init__(self, work):
        super().__init__(work)
        self.env.update(KOPIA_PASSWORD="benchmark", KOPIA_CHECK_FOR_UPDATES="false")

    def init(self):
        self.run("kopia", "repository", "create", "filesystem", "--path", self.repo)
        self.run("kopia", "policy", "set", "--global", "--compression", "zstd-fastest")

    def backup(self, image, changes=None):
        self.image = image
        return self.run("kopia", "snapshot", "create", "--parallel", "2", os.path.dirname(image))

    def restore(self, target):
        folder = os.path.join(self.home, "restored")
        result = self.run("kopia", "snapshot", "restore", "--parallel", "4", os.path.dirname(self.image), folder)
        os.replace(os.path.join(folder, os.path.basename(self.image)), target)
        return result


TOOLS = {tool.name: tool for tool in (Godwit, Restic, Kopia, Rustic, RusticFixed, Borg, BorgFixed)}
BINARY = {"godwit": GODWIT, "borg-fixed-64k": "borg", "rustic-fixed-64k": "rustic"}
