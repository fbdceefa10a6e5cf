"""What is measured: each case runs a command, checks what came of it, and notes what it took."""

import os
import shutil
import subprocess
import sys
import time

from .images import Mounted, make_images, make_large
from .measure import sh
from .tools import Godwit

GIB = 1 << 30


class Bench:
    def __init__(self, work, gib):
        self.work = work
        self.images = make_images(work, gib)
        self.results = {}
        # every tool sees one path whose content changes, as a disk's does
        self.source = os.path.join(work, "source", "disk.img")
        os.makedirs(os.path.dirname(self.source), exist_ok=True)

    def present(self, image):
        if os.path.lexists(self.source):
            os.unlink(self.source)
        os.link(image, self.source)
        os.utime(self.source)
        sh("cat", self.source)

    def note(self, tool, case, figures):
        self.results.setdefault(case, {}).setdefault(tool.name, []).append(figures)
        print(
            f"{tool.name:18} {case:16} {figures['seconds']:7.2f} s  cpu {figures.get('cpuSeconds', 0):6.2f} s"
            f"  rss {figures.get('peakRssBytes', 0) >> 20:5} MiB  added {figures.get('addedBytes', 0) / 1e6:9.2f} MB",
            file=sys.stderr,
            flush=True,
        )

    def backup(self, tool, case, image, changes=None):
        self.present(self.images.get(image, image))
        os.sync()
        before = tool.stored()
        figures = tool.backup(self.source, changes)
        figures["addedBytes"] = tool.stored() - before
        self.note(tool, case, figures)

    def restore(self, tool, case, image):
        target = os.path.join(tool.home, "restored.img")
        os.sync()
        figures = tool.restore(target)
        self.finish_restore(tool, case, figures, target, image)
        os.unlink(target)

    def finish_restore(self, tool, case, figures, target, image):
        start = time.monotonic()
        sh("sync", target)
        figures["syncSeconds"] = figures["seconds"] + time.monotonic() - start
        sh("cmp", target, self.images[image])
        self.note(tool, case, figures)

    def delta_restore(self, tool):
        """Onto a target of which 1 % differs."""
        target = os.path.join(tool.home, "restored.img")
        shutil.copyfile(self.images["random.img"], target)
        sh("sync", target)
        sh("cat", target)
        figures = tool.restore(target, "--delta")
        self.finish_restore(tool, "delta restore", figures, target, "first.img")
        os.unlink(target)

    # ------------------------------------------------------------ suites

    def local(self, tool):
        """A repository in a directory, beside the other tools."""
        tool.fresh()
        self.backup(tool, "first", "first.img")
        self.backup(tool, "unchanged", "first.img")
        self.backup(tool, "next day", "next.img")
        self.restore(tool, "restore", "next.img")
        self.backup(tool, "(back)", "first.img")
        self.backup(tool, "random", "random.img")
        if tool.cbt:
            tool.fresh()
            self.backup(tool, "(base)", "first.img")
            self.delta_restore(tool)
            self.backup(tool, "random cbt", "random.img", os.path.join(self.work, "random.json"))
            self.restore(tool, "(restore)", "random.img")
        tool.remove()

    def s3(self, tool):
        """A repository in a bucket on loopback."""
        tool.fresh()
        self.backup(tool, "s3 first", "first.img")
        self.backup(tool, "s3 unchanged", "first.img")
        self.backup(tool, "s3 next day", "next.img")
        self.restore(tool, "s3 restore", "next.img")
        tool.remove()

    def large(self, tool, gib):
        """A volume larger than most, read again without a change."""
        image = make_large(self.work, self.images["first.img"], gib)
        tool.fresh()
        self.backup(tool, f"({gib} GiB base)", image)
        self.backup(tool, f"{gib} GiB unchanged", image)
        tool.remove()
        return image

    def volumes(self, tool):
        """Four volumes that are read again, one after the other and at once, each with its own process."""
        images = [self.images[name] for name in ("first.img", "next.img", "random.img", "first.img")]
        tool.fresh()
        for number, image in enumerate(images):
            tool.backup(image, volume=f"disk{number}")
        for image in set(images):
            sh("cat", image)
        for case in ("4 again in turn", "4 again at once"):
            os.sync()
            start = time.monotonic()
            running = []
            for number, image in enumerate(images):
                command = tool.backup_command(image, f"disk{number}")
                running.append(subprocess.Popen(command, env=tool.env, stdout=subprocess.DEVNULL))
                if case == "4 again in turn":
                    running[-1].wait()
            if any(process.wait() != 0 for process in running):
                sys.exit(f"a backup failed: {case}")
            self.note(tool, case, {"seconds": time.monotonic() - start})
        tool.remove()

    def dense(self, tool, gib):
        """16 KiB that change in a volume without a hole, of which parts share their blocks on the disk below."""
        with DenseVolume(self.work, self.images["first.img"], gib) as dense:
            tool.fresh()
            before = tool.stored()
            self.note(tool, f"({gib} GiB dense)", dict(tool.backup(dense.image), addedBytes=tool.stored() - before))
            changes = dense.change_16_kib()
            before = tool.stored()
            figures = tool.backup(dense.image, changes)
            self.note(tool, "16 KiB of dense", dict(figures, addedBytes=tool.stored() - before))
            tool.remove()


class DenseVolume:
    """An image of any size on XFS, whose pieces are reflinks of one file: all data, and little of it on disk."""

    PIECE_MIB = 1024

    def __init__(self, work, content, gib):
        self.disk = os.path.join(work, "dense.disk")
        self.mounted = Mounted(self.disk, os.path.join(work, "dense"))
        self.content, self.gib = content, gib

    def __enter__(self):
        with open(self.disk, "wb") as file:
            file.truncate(16 * GIB)
        sh("mkfs.xfs", "-q", "-f", self.disk)
        mount = self.mounted.__enter__()
        self.image = os.path.join(mount, "dense.img")
        piece = os.path.join(mount, "piece")
        with open(self.content, "rb") as source, open(piece, "wb") as target:
            data = bytearray()
            while len(data) < self.PIECE_MIB << 20:
                block = source.read(4096)
                data += block if any(block) else bytes([7]) * 4096
            target.write(data)
        clone = f"reflink {piece} 0 {{}} {self.PIECE_MIB << 20}"
        commands = [part for n in range(self.gib) for part in ("-c", clone.format(n * GIB))]
        for first in range(0, len(commands), 256):
            sh("xfs_io", "-f", *commands[first : first + 256], self.image)
        sh("sync", "-f", self.image)
        return self

    def change_16_kib(self):
        offset = (self.gib * GIB // 2) + 12345 * 4096
        with open(self.image, "r+b") as file:
            file.seek(offset)
            file.write(os.urandom(16384))
        changes = self.disk + ".json"
        with open(changes, "w") as file:
            file.write('{"size": %d, "extents": [{"offset": %d, "length": 16384}]}' % (self.gib * GIB, offset))
        return changes

    def __exit__(self, *_):
        self.mounted.__exit__()
        os.unlink(self.disk)


def godwit_alone(tools):
    return [tool for tool in tools if isinstance(tool, Godwit)]
