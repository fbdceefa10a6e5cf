/// Cutting a region into chunks, and what a chunk is called.
@NullMarked
package io.godwit.chunk;

import org.jspecify.annotations.NullMarked;
