package io.godwit.store;

import java.time.Duration;

/// What a store was found to do by a [StoreProbe]. A store that cannot do what commit needs has
/// none.
///
/// @param medium see [StoreTraits]
/// @param tier how far its promises reach
/// @param contenders how many puts raced for one name, with one winner
/// @param putLatency the median of the probe's lone puts
/// @param readLatency the median of its reads
/// @param versioned whether it keeps what is deleted
public record StoreCapabilities(
        String medium,
        Tier tier,
        int contenders,
        Duration putLatency,
        Duration readLatency,
        boolean versioned) {
    /// Who may use a repository there at the same time.
    public enum Tier {
        /// Any number of hosts.
        SHARED("shared"),
        /// Processes of the host that made it.
        SINGLE_HOST("single-host");

        private final String text;

        Tier(String text) {
            this.text = text;
        }

        /// As it is written in output and in `config`.
        public String text() {
            return text;
        }
    }
}
