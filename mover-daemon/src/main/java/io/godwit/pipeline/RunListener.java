package io.godwit.pipeline;

/// Hears what a run has to say while it runs. Called from any thread; must not block.
public interface RunListener {
    /// Something that people should know although the run goes on.
    ///
    /// @param kind stable word for programs, for example `cbt-mismatch`
    /// @param message one sentence for people
    void warning(String kind, String message);

    /// A new phase began, for example `reading`; `totalBytes` is 0 when unknown.
    void phase(String name, long totalBytes);
}
