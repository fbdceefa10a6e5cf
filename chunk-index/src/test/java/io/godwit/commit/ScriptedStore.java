package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// A store over another one that misbehaves as a test says: once per instruction, at calls that
/// match.
final class ScriptedStore implements Store {
    enum Op {
        PUT,
        GET,
        READ,
        LIST
    }

    /// What happens to one call.
    enum Fault {
        /// Applied, and the answer is lost.
        REPLY_LOST,
        /// Not applied, and the answer is lost.
        REQUEST_LOST,
        /// The answer is lost; applied when the test says [#landLate()].
        LATE,
        /// Refused without effect: 503, or 409.
        UNAVAILABLE,
        /// Applied, and the answer of a retry below says that it exists: 412 on one's own write.
        EXISTS_BUT_MINE
    }

    /// The process dies: not an exception that anything catches.
    static final class Crash extends Error {
        Crash() {
            super("crashed");
        }
    }

    private record Script(Op op, Pattern key, Fault fault) {}

    private record Hook(Op op, Pattern key, boolean before, Runnable action) {}

    private final Store inner;
    private final Deque<Script> scripts = new ArrayDeque<>();
    private final Deque<Hook> hooks = new ArrayDeque<>();
    private final List<Runnable> late = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final Map<Integer, Runnable> timed = new HashMap<>();
    private int calls;
    private int faultyCall;
    private Fault faultyAs = Fault.UNAVAILABLE;
    private int crashAt = Integer.MAX_VALUE;
    private boolean crashAfter;

    ScriptedStore(Store inner) {
        this.inner = inner;
    }

    /// The next matching call gets this fault. Patterns match the whole key (of a list: the
    /// prefix).
    ScriptedStore next(Op op, String key, Fault fault) {
        scripts.add(new Script(op, Pattern.compile(key), fault));
        return this;
    }

    /// Runs once before the next matching call.
    ScriptedStore before(Op op, String key, Runnable action) {
        hooks.add(new Hook(op, Pattern.compile(key), true, action));
        return this;
    }

    /// Runs once after the next matching call has been applied.
    ScriptedStore after(Op op, String key, Runnable action) {
        hooks.add(new Hook(op, Pattern.compile(key), false, action));
        return this;
    }

    /// Runs before the `number`-th call, counted from 1.
    ScriptedStore beforeCall(int number, Runnable action) {
        timed.put(number, action);
        return this;
    }

    /// The `number`-th call gets this fault.
    ScriptedStore faultAt(int number, Fault fault) {
        faultyCall = number;
        faultyAs = fault;
        return this;
    }

    /// The process dies at the `number`-th call, counted from 1: before it has any effect, or
    /// after.
    ScriptedStore crashAt(int number, boolean after) {
        crashAt = number;
        crashAfter = after;
        return this;
    }

    void landLate() {
        List.copyOf(late).forEach(Runnable::run);
        late.clear();
    }

    List<String> log() {
        return List.copyOf(log);
    }

    long count(Op op, String key) {
        Pattern pattern = Pattern.compile(key);
        return log.stream()
                .filter(line -> line.startsWith(op + " "))
                .filter(line -> pattern.matcher(line.substring(line.indexOf(' ') + 1)).matches())
                .count();
    }

    int calls() {
        return calls;
    }

    boolean allUsed() {
        return scripts.isEmpty() && hooks.isEmpty();
    }

    private <T> T call(Op op, String key, Supplier<T> action, Supplier<T> exists) {
        calls++;
        log.add(op + " " + key);
        if (calls == crashAt && !crashAfter) {
            throw new Crash();
        }
        if (calls == faultyCall) {
            scripts.addFirst(new Script(op, Pattern.compile(Pattern.quote(key)), faultyAs));
        }
        timed.getOrDefault(calls, () -> {}).run();
        run(hook -> hook.before(), op, key);
        T result = faulty(op, key, action, exists);
        run(hook -> !hook.before(), op, key);
        if (calls == crashAt) {
            throw new Crash();
        }
        return result;
    }

    private void run(Predicate<Hook> when, Op op, String key) {
        Optional<Hook> found =
                hooks.stream()
                        .filter(when)
                        .filter(hook -> hook.op == op && hook.key.matcher(key).matches())
                        .findFirst();
        found.ifPresent(
                hook -> {
                    hooks.remove(hook);
                    hook.action.run();
                });
    }

    private <T> T faulty(Op op, String key, Supplier<T> action, Supplier<T> exists) {
        Optional<Script> script =
                scripts.stream()
                        .filter(s -> s.op == op && s.key.matcher(key).matches())
                        .findFirst();
        if (script.isEmpty()) {
            return action.get();
        }
        scripts.remove(script.get());
        return switch (script.get().fault) {
            case REPLY_LOST -> {
                Object _ = action.get();
                throw lost(key);
            }
            case REQUEST_LOST -> throw lost(key);
            case LATE -> {
                late.add(
                        () -> {
                            Object _ = action.get();
                        });
                throw lost(key);
            }
            case UNAVAILABLE ->
                    throw new GodwitException(FailureKind.UNAVAILABLE, "refused: key=" + key);
            case EXISTS_BUT_MINE -> {
                Object _ = action.get();
                yield exists.get();
            }
        };
    }

    private static GodwitException lost(String key) {
        return new GodwitException(FailureKind.INDETERMINATE, "answer lost: key=" + key);
    }

    private <T> T call(Op op, String key, Supplier<T> action) {
        return call(op, key, action, action);
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        byte[] copy = content.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        return call(
                Op.PUT,
                key.value(),
                () -> inner.putIfAbsent(key, MemorySegment.ofArray(copy)),
                () -> Put.EXISTS);
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxLength) {
        return call(Op.GET, key.value(), () -> inner.get(key, maxLength));
    }

    @Override
    public long read(ObjectKey key, long offset, MemorySegment target) {
        return call(Op.READ, key.value(), () -> inner.read(key, offset, target));
    }

    @Override
    public Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
        return call(Op.READ, key.value(), () -> inner.readTail(key, target));
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        return call(Op.LIST, prefix, () -> inner.list(prefix, after, limit));
    }

    @Override
    public void delete(ObjectKey key) {
        throw new AssertionError("writers never delete: " + key);
    }

    @Override
    public String describe() {
        return "scripted";
    }

    @Override
    public void close() {}
}
