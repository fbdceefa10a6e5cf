/// Copying snapshots from one repository to another.
@NullMarked
package io.godwit.copy;

import org.jspecify.annotations.NullMarked;
