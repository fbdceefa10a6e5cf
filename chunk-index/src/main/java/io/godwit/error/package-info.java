/// How Godwit fails: one exception, few kinds, each with what the operator does about it.
@NullMarked
package io.godwit.error;

import org.jspecify.annotations.NullMarked;
