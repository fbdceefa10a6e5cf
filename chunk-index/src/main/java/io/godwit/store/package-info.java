/// The dumb object storage below a repository: one small port and its decorators.
@NullMarked
package io.godwit.store;

import org.jspecify.annotations.NullMarked;
