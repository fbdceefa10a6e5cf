/// The keys of a repository, and how records and objects are encrypted with them.
@NullMarked
package io.godwit.seal;

import org.jspecify.annotations.NullMarked;
