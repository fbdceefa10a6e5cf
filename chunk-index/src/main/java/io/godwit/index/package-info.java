/// Where a chunk is stored: segments of the repository, and the local cache that can be deleted any
/// time.
@NullMarked
package io.godwit.index;

import org.jspecify.annotations.NullMarked;
