/// Compression and encryption of chunks, and the keys behind them.
@NullMarked
package io.godwit.seal;

import org.jspecify.annotations.NullMarked;
