/// Looks for damage in a repository, and counts what is in it.
@NullMarked
package io.godwit.check;

import org.jspecify.annotations.NullMarked;
