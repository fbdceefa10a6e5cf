/// Keyed BLAKE3 over 4 KiB leaves: one pass that yields chunk ids, boundaries and zero detection.
@NullMarked
package io.godwit.digest;

import org.jspecify.annotations.NullMarked;
