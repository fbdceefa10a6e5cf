package io.godwit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ShrinkerTest {
    private static final List<String> MANY =
            IntStream.range(0, 200).mapToObj(i -> "s" + i).toList();

    @Test
    void keepsWhatIsNeededAndNothingElse() {
        Shrinker shrinker = new Shrinker(1000);
        Set<String> needed = Set.of("s3", "s77", "s199");
        assertThat(shrinker.shrink(MANY, kept -> kept.containsAll(needed))).isEqualTo(needed);
        assertThat(shrinker.tries()).isLessThan(200);
    }

    @Test
    void isContentWithWhatItHas() {
        Shrinker shrinker = new Shrinker(3);
        assertThat(shrinker.shrink(MANY, kept -> kept.contains("s3"))).contains("s3");
        assertThat(shrinker.tries()).isEqualTo(3);
    }

    @Test
    void whatIsBadByItselfNeedsNothing() {
        assertThat(new Shrinker(100).shrink(MANY, _ -> true)).isEmpty();
    }
}
