/// JMH benchmarks, and the side-by-side comparison with other tools.
@NullMarked
package io.godwit.bench;

import org.jspecify.annotations.NullMarked;
