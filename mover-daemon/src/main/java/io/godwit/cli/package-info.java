/// The command line, and the composition root that hands out clocks, entropy and threads.
@NullMarked
package io.godwit.cli;

import org.jspecify.annotations.NullMarked;
