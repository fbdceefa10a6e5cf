/// A deterministic simulator: time that is made up, tasks of which one runs at a time, and a history
/// that a seed decides. It knows nothing of what it runs.
@NullMarked
package io.godwit.simulation;

import org.jspecify.annotations.NullMarked;
