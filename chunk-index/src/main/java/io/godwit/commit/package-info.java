/// How a session becomes a snapshot: one conditional write after everything it names is durable.
@NullMarked
package io.godwit.commit;

import org.jspecify.annotations.NullMarked;
