package io.godwit.device;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Why a target is refused, before a byte of it is written. Every refusal is `INVALID` and names
/// the target, what is wrong and what to do.
///
/// In use is refused always; what would lose data that nobody uses is refused unless the request
/// says `overwrite`.
final class TargetChecks {
    private final TargetRequest request;
    private final DeviceUse use;

    TargetChecks(TargetRequest request, DeviceUse use) {
        this.request = request;
        this.use = use;
    }

    /// What it is and where it stands, before it is opened.
    void checkPlace(Path target, Optional<FileStatus> status) {
        for (Path reserved : request.reserved()) {
            checkReserved(target, status, reserved);
        }
        if (status.isEmpty()) {
            return;
        }
        FileStatus known = status.get();
        if (known.isDirectory()) {
            throw refusal("the target is a directory", "", "name a file or a device");
        }
        if (known.isBlockDevice()) {
            checkUnused(use.ofDevice(known.special()));
        } else if (known.isRegular()) {
            checkUnused(use.ofFile(target));
        } else {
            throw refusal(
                    "the target is " + known.type(), "", "use - and redirect standard output");
        }
    }

    private void checkReserved(Path target, Optional<FileStatus> status, Path reserved) {
        Path place =
                Files.exists(reserved) ? BlockSources.canonical(reserved.toString()) : reserved;
        boolean same = status.isPresent() && isSame(status.get(), place);
        Optional<Path> backing =
                status.filter(FileStatus::isBlockDevice)
                        .flatMap(device -> use.backingFile(device.special()));
        if (same
                || target.startsWith(place)
                || backing.filter(f -> f.startsWith(place)).isPresent()) {
            throw refusal(
                    "the target is or lies in what must not be written",
                    " reserved=" + place,
                    "choose another target");
        }
    }

    private static boolean isSame(FileStatus target, Path reserved) {
        if (!Files.exists(reserved)) {
            return false;
        }
        FileStatus other = FileStatus.of(reserved);
        return target.isBlockDevice()
                ? other.isBlockDevice() && other.special() == target.special()
                : other.isSameFile(target);
    }

    private void checkUnused(Optional<String> user) {
        if (user.isPresent()) {
            throw refusal(
                    "the target is in use",
                    " use=" + user.get(),
                    "unmount or stop what uses it, or choose another target");
        }
    }

    /// An open that failed with EBUSY: somebody has the device for himself.
    GodwitException heldExclusively() {
        return refusal(
                "the target is in use",
                " use=opened exclusively",
                "stop what uses it, it may be mounted in another container; or choose another"
                        + " target");
    }

    /// What an open device has room for and holds.
    void checkDevice(OpenFile device, long bytes) {
        if (bytes < request.volumeBytes()) {
            throw refusal(
                    "the target is too small",
                    " size=" + bytes + " needed=" + request.volumeBytes(),
                    "choose a target at least as large as the volume");
        }
        if (!request.overwrite()) {
            checkHolds(device, bytes);
        }
    }

    private void checkHolds(OpenFile device, long bytes) {
        Optional<String> held;
        try {
            held =
                    Signatures.of(
                            (at, to, from, length) -> device.read(at, to, from, length), bytes);
        } catch (ReadFailure unreadable) {
            held = Optional.of("something that cannot be read at offset " + unreadable.offset());
        }
        if (held.isPresent()) {
            throw refusal(
                    "the target is not empty",
                    " holds=" + held.get(),
                    "use --force to overwrite it");
        }
    }

    /// What an open file holds.
    void checkFile(long bytes) {
        if (bytes > 0 && !request.overwrite()) {
            throw refusal(
                    "the target is not empty", " size=" + bytes, "use --force to overwrite it");
        }
    }

    private GodwitException refusal(String what, String facts, String hint) {
        return new GodwitException(FailureKind.INVALID, what + ": path=" + request.target() + facts)
                .withObject(request.target())
                .withHint(hint);
    }
}
