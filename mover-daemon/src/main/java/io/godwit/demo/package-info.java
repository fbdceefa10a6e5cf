/// The whole story on files in a temporary directory, explained as it goes.
@NullMarked
package io.godwit.demo;

import org.jspecify.annotations.NullMarked;
