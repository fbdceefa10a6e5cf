/// Volumes, extents, regions and their maps.
@NullMarked
package io.godwit.volume;

import org.jspecify.annotations.NullMarked;
