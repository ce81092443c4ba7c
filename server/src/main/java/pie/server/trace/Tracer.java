package pie.server.trace;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Send spans to a collector, in batches, from a thread of its own. */
public final class Tracer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Tracer.class);
    private static final int QUEUE = 8192;
    private static final int BATCH = 512;
    private static final long LINGER_MILLIS = 1000;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final long CLOSE_MILLIS = 3000;

    private final URI traces;
    private final String service;
    private final String version;
    private final BlockingQueue<Span> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicLong dropped = new AtomicLong();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final Thread sender;
    private volatile boolean closing;
    private boolean complained;

    /** @param endpoint of the collector; {@code /v1/traces} is added where it has no path */
    public Tracer(URI endpoint, String service, String version) {
        String path = endpoint.getPath();
        traces = path == null || path.isEmpty() || path.equals("/") ? endpoint.resolve("/v1/traces") : endpoint;
        this.service = service;
        this.version = version;
        sender = Thread.ofVirtual().name("pie-otlp").start(this::run);
    }

    /** Queue a span; one too many is dropped and counted. */
    public void record(Span span) {
        if (!queue.offer(span)) {
            dropped.incrementAndGet();
        }
    }

    /** Return how many spans were lost, to a full queue or a collector that did not take them. */
    public long dropped() {
        return dropped.get();
    }

    private void run() {
        List<Span> batch = new ArrayList<>();
        try {
            while (!closing || !queue.isEmpty()) {
                Span first = queue.poll(LINGER_MILLIS, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                batch.add(first);
                queue.drainTo(batch, BATCH - 1);
                send(batch);
                batch.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(List<Span> batch) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(traces)
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(SpanJson.request(batch, service, version)))
                .build();
        try {
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status / 100 != 2) {
                lost(batch.size(), "status " + status);
            }
        } catch (IOException e) {
            lost(batch.size(), e.toString());
        }
    }

    private void lost(int spans, String why) {
        dropped.addAndGet(spans);
        if (!complained) {
            complained = true;
            LOG.warn("the collector at {} did not take spans ({}); this is said once", traces, why);
        }
    }

    /** Send what is queued, for a moment. */
    @Override
    public void close() {
        closing = true;
        try {
            if (!sender.join(Duration.ofMillis(CLOSE_MILLIS))) {
                sender.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.shutdownNow();
    }
}
