package io.godwit.chaos;

import io.godwit.s3.FaultProxy;
import io.godwit.s3.FaultProxy.Fault;
import io.godwit.s3.S3Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// A bucket of a real server, which each lane reaches over a network of its own: it can be cut, and
/// loses, breaks, delays and repeats a request now and then.
final class BucketGround implements Ground {
    private static final double CHANCE = 0.004;

    /// The steps of a session and of a collection that a request shows, W1 to W8 and G2 to G6.
    private static final List<String> STEPS =
            List.of(
                    "PUT [^ ]*/s/[^ ]*/open",
                    "PUT [^ ]*/s/[^ ]*/ack/",
                    "PUT [^ ]*/s/[^ ]*/outcome",
                    "PUT [^ ]*/p/",
                    "PUT [^ ]*/m/",
                    "PUT [^ ]*/snap/",
                    "PUT [^ ]*/idx/",
                    "PUT [^ ]*/gc/[^ ]*/plan",
                    "PUT [^ ]*/gc/[^ ]*/sweep",
                    "PUT [^ ]*/gc/[^ ]*/done",
                    "PUT [^ ]*/cat/",
                    "PUT [^ ]*/snap-del/",
                    "DELETE [^ ]*/[pm]/",
                    "DELETE [^ ]*/s/[^ ]*/open",
                    "DELETE [^ ]*/s/[^ ]*/outcome");

    private final S3Server server;
    private final List<FaultProxy> proxies = new ArrayList<>();
    private final AtomicLong cuts = new AtomicLong();

    BucketGround(Path directory, long seed, int lanes) throws Exception {
        server = S3Server.versitygw(directory);
        for (int lane = 0; lane < lanes; lane++) {
            FaultProxy proxy = new FaultProxy(server.port(), seed + lane);
            Fault.PASSING.forEach(fault -> proxy.with(fault, CHANCE));
            proxies.add(proxy.with(Fault.LATE_PUT, CHANCE));
        }
    }

    @Override
    public List<String> described() {
        long hits =
                proxies.stream()
                        .flatMap(proxy -> proxy.hits.values().stream())
                        .mapToLong(AtomicLong::get)
                        .sum();
        return List.of(
                "bucket: on versitygw, %d requests disturbed, %d networks cut"
                        .formatted(hits, cuts.get()));
    }

    @Override
    public String url(int lane) {
        return S3Server.url(proxies.get(lane).port(), "main");
    }

    @Override
    public String otherUrl(int lane) {
        return S3Server.url(proxies.get(lane).port(), "copies");
    }

    @Override
    public Map<String, String> environment() {
        return Map.of(
                "AWS_ACCESS_KEY_ID", S3Server.ACCESS, "AWS_SECRET_ACCESS_KEY", S3Server.SECRET);
    }

    @Override
    public Blow blow(SplittableRandom random) {
        if (random.nextInt(3) == 0) {
            return new Blow.Cut(random.nextDouble(), 500 + random.nextLong(6000));
        }
        return new Blow.KillAt(STEPS.get(random.nextInt(STEPS.size())), random.nextBoolean());
    }

    @Override
    public void begin(int lane, Blow blow) throws IOException {
        if (blow instanceof Blow.Cut) {
            cuts.incrementAndGet();
            proxies.get(lane).cut();
        }
    }

    @Override
    public void end(int lane, Blow blow) {
        if (blow instanceof Blow.Cut) {
            proxies.get(lane).mend();
        }
    }

    @Override
    public void watch(int lane, Blow.KillAt blow, Runnable kill) {
        Pattern step = Pattern.compile("^" + blow.request());
        Consumer<String> killer =
                head -> {
                    if (step.matcher(head).find()) {
                        kill.run();
                    }
                };
        Consumer<String> nobody = head -> {};
        proxies.get(lane).watching(blow.applied() ? nobody : killer);
        proxies.get(lane).watchingAnswers(blow.applied() ? killer : nobody);
    }

    @Override
    public long troubles(int lane) {
        return proxies.get(lane).hits.values().stream().mapToLong(AtomicLong::get).sum();
    }

    /// What is on its way arrives.
    @Override
    public void heal() throws InterruptedException {
        proxies.forEach(FaultProxy::heal);
        Thread.sleep(FaultProxy.LATE_PUT_MILLIS + 1000);
    }

    @Override
    public void close() throws IOException {
        for (FaultProxy proxy : proxies) {
            proxy.close();
        }
        server.close();
    }
}
