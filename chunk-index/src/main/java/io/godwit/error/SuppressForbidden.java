package io.godwit.error;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Permits what `.mvn/rules` forbids: real clocks, entropy, threads, standard streams.
///
/// It belongs where the outside is really met and nowhere else; the value says why there.
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.CONSTRUCTOR, ElementType.FIELD})
public @interface SuppressForbidden {
    /// Why the outside is met here.
    String value();
}
