/// What a repository keeps, and what goes.
@NullMarked
package io.godwit.collect;

import org.jspecify.annotations.NullMarked;
