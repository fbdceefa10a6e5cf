/// Immutable objects that hold many sealed chunks, and how they are written and read.
@NullMarked
package io.godwit.pack;

import org.jspecify.annotations.NullMarked;
