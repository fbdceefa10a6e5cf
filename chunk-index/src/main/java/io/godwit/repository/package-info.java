/// Everything under one prefix, opened with a key: what the other packages are for.
@NullMarked
package io.godwit.repository;

import org.jspecify.annotations.NullMarked;
