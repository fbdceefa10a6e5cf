package io.godwit.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Standard error as the launcher found it.
///
/// The JVM warns at boot about the Vector API being an incubator module, and no flag stops it. So
/// the launcher starts a hashing command with a filter on descriptor 2 and the real standard error
/// beside it, on the descriptor that the property `godwit.stderr` names. Once the JVM has booted
/// the filter has done its work: the real one moves back, and the filter sees the end of its input
/// and ends.
final class StandardError {
    private static final int STANDARD_ERROR = 2;

    private StandardError() {}

    static void takeBack() {
        Integer real = Integer.getInteger("godwit.stderr");
        if (real == null) {
            return;
        }
        Linker linker = Linker.nativeLinker();
        try {
            MethodHandle dup2 =
                    linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("dup2"),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT));
            MethodHandle close =
                    linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("close"),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            if ((int) dup2.invokeExact((int) real, STANDARD_ERROR) == STANDARD_ERROR) {
                int ignored = (int) close.invokeExact((int) real);
            }
        } catch (Throwable failure) {
            // Without it everything still reaches standard error, through the filter.
        }
    }
}
