package io.godwit.chaos;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Where the repositories lie, and what can go wrong there.
interface Ground extends AutoCloseable {
    /// What it is, for the report; also what could not be had, and why.
    List<String> described();

    /// Of the repository that everybody works on, as a lane reaches it.
    String url(int lane);

    /// Of the repository that copies go to.
    String otherUrl(int lane);

    Map<String, String> environment();

    /// Draws what only happens on this ground.
    Blow blow(SplittableRandom random);

    /// Begins a cut or a shortage.
    void begin(int lane, Blow blow) throws IOException;

    void end(int lane, Blow blow) throws IOException;

    /// Kills a process when it sends a request.
    void watch(int lane, Blow.KillAt blow, Runnable kill);

    /// How often something has gone wrong so far for this lane, beside its own blows.
    long troubles(int lane);

    /// From now on nothing goes wrong any more.
    void heal() throws IOException, InterruptedException;

    @Override
    void close() throws IOException;
}
