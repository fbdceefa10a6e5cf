/// What every file shares: header, footer, and how bytes are read and written.
@NullMarked
package io.godwit.format;

import org.jspecify.annotations.NullMarked;
