/// The store behind `s3://`: the one place that knows Amazon's client.
@NullMarked
package io.godwit.s3;

import org.jspecify.annotations.NullMarked;
