/// What this machine can do, with advice.
@NullMarked
package io.godwit.doctor;

import org.jspecify.annotations.NullMarked;
