package io.godwit.commit;

/// Who runs a session: enough to know later, on the same host, that its process is dead.
///
/// @param host the machine's own id
/// @param boot the boot and the process namespace: a pid means nothing outside of it
/// @param pid the process
/// @param startTicks when the process started, in clock ticks since the boot: a pid is used again
public record HostIdentity(String host, String boot, long pid, long startTicks) {
    /// Stands where the host or the boot cannot be told; it is like no other, not even itself.
    public static final String UNKNOWN = "unknown";

    static final int TEXT_BYTES_MAX = 256;

    public HostIdentity {
        if (host.isEmpty() || boot.isEmpty() || pid < 0 || startTicks < 0) {
            throw new IllegalArgumentException(
                    "not a host identity: host=%s boot=%s pid=%d".formatted(host, boot, pid));
        }
    }

    /// Whether both are, or were, processes that see each other's pids.
    public boolean sharesPidsWith(HostIdentity other) {
        return host.equals(other.host) && boot.equals(other.boot) && !boot.startsWith(UNKNOWN);
    }

    /// Whether it was another process than `me`, and certainly is gone: as far as `me` can see
    /// pids.
    public boolean isGone(HostIdentity me, ProcessTable processes) {
        return sharesPidsWith(me) && !equals(me) && !processes.alive(pid, startTicks);
    }
}
