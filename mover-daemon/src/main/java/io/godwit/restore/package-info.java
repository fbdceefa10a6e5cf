/// Parallel, verified, index-free restore.
@NullMarked
package io.godwit.restore;

import org.jspecify.annotations.NullMarked;
