/// Immutable objects that hold many chunks, compressed and sealed, and how they are written and
/// read.
@NullMarked
package io.godwit.pack;

import org.jspecify.annotations.NullMarked;
