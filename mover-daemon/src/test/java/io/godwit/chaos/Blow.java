package io.godwit.chaos;

import java.util.Set;

/// What is done to a process while it runs. `at` is a part of what such a command takes as a rule.
sealed interface Blow {
    /// Exit codes that it may lead to, beside those of an undisturbed command.
    Set<Integer> codes();

    /// Nothing.
    record None() implements Blow {
        @Override
        public Set<Integer> codes() {
            return Set.of();
        }
    }

    /// SIGKILL.
    record Kill(double at) implements Blow {
        @Override
        public Set<Integer> codes() {
            return Set.of(137);
        }
    }

    /// SIGKILL when it sends a request whose first line holds these words; before the store sees
    /// it, or after it was applied and before the answer.
    record KillAt(String request, boolean applied) implements Blow {
        @Override
        public Set<Integer> codes() {
            return Set.of(137);
        }
    }

    /// A signal that asks it to end.
    record Ask(String signal, int exitCode, double at) implements Blow {
        @Override
        public Set<Integer> codes() {
            return Set.of(exitCode);
        }
    }

    /// SIGSTOP, and SIGCONT after longer than any lease.
    record Pause(double at, long millis) implements Blow {
        @Override
        public Set<Integer> codes() {
            return Set.of(6);
        }
    }

    /// Its network is gone for a while.
    record Cut(double at, long millis) implements Blow {
        @Override
        public Set<Integer> codes() {
            return Set.of(6, 8);
        }
    }

    /// The disk of the repository is full for a while, for everybody.
    record Fill(double at, long millis) implements Blow {
        @Override
        public Set<Integer> codes() {
            return Set.of(6, 8);
        }
    }
}
