/// Block devices, raw images and exports: reading, writing, size, holes, who uses them.
@NullMarked
package io.godwit.device;

import org.jspecify.annotations.NullMarked;
