package io.godwit.commit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Makes many independent store calls at once, within a window.
///
/// A simulator takes [#oneByOne()]: what is concluded must not depend on the order of the calls.
public interface FanOut {
    /// The results in the order of the inputs. When a call fails, no further ones begin, those in
    /// flight are waited for, and the first failure is thrown.
    <A, B> List<B> map(List<A> inputs, Function<A, B> call);

    /// In the caller's thread, one after the other.
    static FanOut oneByOne() {
        return new FanOut() {
            @Override
            public <A, B> List<B> map(List<A> inputs, Function<A, B> call) {
                List<B> results = new ArrayList<>(inputs.size());
                for (A input : inputs) {
                    results.add(call.apply(input));
                }
                return results;
            }
        };
    }
}
