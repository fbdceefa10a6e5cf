"""Images of volumes: real files of this machine, their next day, random writes, and large ones."""

import json
import os
import random
import shutil
import sys

from .measure import sh

BLOCK = 4096
PIECE = 1 << 20


def copy_files(stage, limit):
    total = 0
    for top in ("/usr/lib", "/usr/share", "/usr/bin", "/usr/local", "/opt"):
        for folder, folders, files in os.walk(top):
            folders.sort()
            for name in sorted(files):
                path = os.path.join(folder, name)
                if os.path.islink(path) or not os.path.isfile(path):
                    continue
                size = os.path.getsize(path)
                if total + size > limit:
                    return total
                target = stage + path
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copyfile(path, target)
                total += size
    return total


def files_below(mount):
    found = []
    for folder, _, files in os.walk(mount):
        found += [os.path.join(folder, name) for name in files]
    return sorted(path for path in found if os.path.isfile(path) and not os.path.islink(path))


class Mounted:
    def __init__(self, image, mount):
        self.image, self.mount = image, mount

    def __enter__(self):
        os.makedirs(self.mount, exist_ok=True)
        sh("mount", "-o", "loop", self.image, self.mount)
        return self.mount

    def __exit__(self, *_):
        sh("umount", self.mount)


def age(mount, seed):
    """Deletes a tenth of the files: their blocks stay behind, as on any disk in use."""
    dice = random.Random(seed)
    paths = files_below(mount)
    dice.shuffle(paths)
    for path in paths[: len(paths) // 10]:
        os.unlink(path)


def live_a_day(mount, seed):
    dice = random.Random(seed)
    paths = files_below(mount)
    big = max(paths, key=os.path.getsize)
    dice.shuffle(paths)
    paths.remove(big)
    for path in paths[:100]:
        os.unlink(path)
    for path in paths[100:300]:
        with open(path, "ab") as file:
            file.write(dice.randbytes(dice.randint(1000, 60000)))
    blocks = os.path.getsize(big) // BLOCK
    with open(big, "r+b") as file:
        for _ in range(2000):
            file.seek(dice.randrange(blocks) * BLOCK)
            file.write(dice.randbytes(BLOCK))


def write_at_random(image, size, seed):
    dice = random.Random(seed)
    extents = []
    with open(image, "r+b") as file:
        for _ in range(size // 100 // 8192):
            offset = dice.randrange(size // BLOCK - 1) * BLOCK
            file.seek(offset)
            file.write(dice.randbytes(8192))
            extents.append({"offset": offset, "length": 8192})
    return extents


def make_images(work, gib):
    names = {n: os.path.join(work, n) for n in ("first.img", "next.img", "random.img")}
    done = os.path.join(work, f"made-{gib}")
    if os.path.exists(done):
        return names
    print(f"making images of {gib} GiB in {work}", file=sys.stderr)
    size = int(gib * (1 << 30))
    stage = os.path.join(work, "stage")
    copy_files(stage, int(size * 0.86))
    with open(names["first.img"], "wb") as file:
        file.truncate(size)
    sh("mke2fs", "-q", "-F", "-t", "ext4", "-d", stage, names["first.img"])
    shutil.rmtree(stage)
    mount = os.path.join(work, "mount")
    with Mounted(names["first.img"], mount):
        age(mount, 1)
    shutil.copyfile(names["first.img"], names["next.img"])
    with Mounted(names["next.img"], mount):
        live_a_day(mount, 2)
    shutil.copyfile(names["first.img"], names["random.img"])
    extents = write_at_random(names["random.img"], size, 3)
    with open(os.path.join(work, "random.json"), "w") as file:
        json.dump({"size": size, "extents": extents}, file)
    with open(done, "w"):
        pass
    return names


def differing_bytes(a, b):
    count = 0
    with open(a, "rb") as left, open(b, "rb") as right:
        while True:
            x, y = left.read(PIECE), right.read(PIECE)
            if not x:
                return count
            if x != y:
                for at in range(0, len(x), BLOCK):
                    if x[at : at + BLOCK] != y[at : at + BLOCK]:
                        count += BLOCK


def make_large(work, first, gib):
    """Copies of the first image, one behind the other: as much to read and to hash as any volume of that size."""
    large = os.path.join(work, f"large-{gib}.img")
    if not os.path.exists(large):
        print(f"making an image of {gib} GiB", file=sys.stderr)
        with open(large + ".new", "wb") as target:
            while target.tell() < gib << 30:
                with open(first, "rb") as source:
                    shutil.copyfileobj(source, target, PIECE)
        os.truncate(large + ".new", gib << 30)
        os.rename(large + ".new", large)
    return large
