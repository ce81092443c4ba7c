package pie.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.runtime.LaunchRequest;
import pie.runtime.serve.Call;
import pie.runtime.serve.RequestQueue;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keep one HTTP-server program: its processes, how many requests they may have at once, and how many may wait. A shared process that
 * fails is started again by a later request, after a pause that grows from one second to a minute.
 */
final class App {
    private static final int MOST_WAITING = 64;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration START = Duration.ofSeconds(60);

    private final String name;
    private final LaunchRequest request;
    private final boolean shared;
    private final Launcher launcher;
    private final Semaphore permits;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong errors = new AtomicLong();
    private final ConcurrentHashMap<InferletProcess, RequestQueue> running = new ConcurrentHashMap<>();
    private final ReentrantLock starting = new ReentrantLock();
    private @Nullable InferletProcess current;
    private long notBefore;
    private Duration pause = FIRST_PAUSE;
    private volatile boolean closed;

    /**
     * @param request what each process is launched with
     * @param shared whether one process answers all requests; else each request has one of its own
     * @param concurrency requests that are answered at once
     */
    App(String name, LaunchRequest request, boolean shared, int concurrency, Launcher launcher) {
        this.name = name;
        this.request = request;
        this.shared = shared;
        this.launcher = launcher;
        this.permits = new Semaphore(concurrency, true);
    }

    /** Hold a request's place among those that are answered at once, and the process that answers it. */
    record Place(InferletProcess process, Runnable leave) implements AutoCloseable {
        @Override
        public void close() {
            leave.run();
        }
    }

    /**
     * Start, and wait until the program takes requests.
     *
     * @throws PieException what the launch or the program failed with, TIMEOUT
     */
    void start() throws InterruptedException {
        launch();
    }

    private void launch() throws InterruptedException {
        var queue = new RequestQueue();
        InferletProcess process = launched(queue);
        if (!shared) {
            queue.close();
        }
        try {
            CompletableFuture.anyOf(queue.ready(), process.outcome()).get(START.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            process.interrupt("owner");
            throw new PieException(
                    ErrorCode.TIMEOUT,
                    "app " + name + " took no requests within " + START.toSeconds() + " s",
                    Map.of(),
                    e);
        } catch (ExecutionException e) {
            throw new PieException(ErrorCode.INTERNAL, "app " + name + " could not be watched", Map.of(), e);
        }
        if (!queue.ready().isDone()) {
            throw failed(process);
        }
        current = process;
    }

    private static PieException failed(InferletProcess process) {
        return switch (process.outcome().join()) {
            case Outcome.Failed f -> new PieException(f.code(), f.message(), f.details());
            case Outcome.Completed done ->
                new PieException(ErrorCode.NOT_READY, "the program ended before it took a request");
        };
    }

    /**
     * Hand a request to a process.
     *
     * @throws PieException RATE_LIMITED if too many wait, TIMEOUT, NOT_READY while a failed program pauses
     */
    Place put(Call call, Duration atMost) throws InterruptedException {
        requests.incrementAndGet();
        if (!permits.tryAcquire()) {
            await(atMost);
        }
        try {
            InferletProcess process = shared ? handOver(call) : own(call);
            return new Place(process, permits::release);
        } catch (PieException | InterruptedException e) {
            permits.release();
            throw e;
        }
    }

    private void await(Duration atMost) throws InterruptedException {
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            throw new PieException(
                    ErrorCode.RATE_LIMITED,
                    "app " + name + " has " + MOST_WAITING + " requests waiting; try again later",
                    Map.of("limit", MOST_WAITING));
        }
        try {
            if (!permits.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new PieException(
                        ErrorCode.TIMEOUT,
                        "app " + name + " had no room for this request for " + atMost.toSeconds() + " s");
            }
        } finally {
            waiting.decrementAndGet();
        }
    }

    private InferletProcess own(Call call) {
        var queue = new RequestQueue();
        queue.put(call);
        queue.close();
        return launched(queue);
    }

    private InferletProcess launched(RequestQueue queue) {
        InferletProcess process = launcher.launch(request.serving(queue), made -> running.put(made, queue));
        var unused = process.outcome().whenComplete((outcome, error) -> running.remove(process));
        return process;
    }

    private InferletProcess handOver(Call call) throws InterruptedException {
        starting.lockInterruptibly();
        try {
            InferletProcess process = current;
            RequestQueue queue = process == null ? null : running.get(process);
            if (process == null || queue == null) {
                restart();
                process = Objects.requireNonNull(current);
                queue = running.get(process);
            }
            if (queue == null) {
                throw failed(process);
            }
            queue.put(call);
            return process;
        } finally {
            starting.unlock();
        }
    }

    private void restart() throws InterruptedException {
        long now = System.nanoTime();
        if (closed || notBefore != 0 && now < notBefore) {
            throw new PieException(
                    ErrorCode.NOT_READY,
                    closed
                            ? "app " + name + " is being stopped"
                            : "app " + name + " has failed and is started again soon");
        }
        notBefore = now + pause.toNanos();
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        launch();
        pause = FIRST_PAUSE;
    }

    /** Count a request that the program failed to answer. */
    void failed() {
        errors.incrementAndGet();
    }

    /** Take no more requests, let those that are there be answered, and end what has not ended by then. */
    void stop(Duration grace) throws InterruptedException {
        closed = true;
        running.values().forEach(RequestQueue::close);
        List<InferletProcess> live = new ArrayList<>(running.keySet());
        long until = System.nanoTime() + grace.toNanos();
        for (InferletProcess process : live) {
            try {
                process.outcome().get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException e) {
                process.interrupt("owner");
            }
        }
    }

    /** Take no more requests. */
    void close() {
        closed = true;
        running.values().forEach(RequestQueue::close);
    }

    ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("name", name);
        json.put("program", request.source().identity());
        json.put("owner", request.owner().value());
        json.put("instances", shared ? "shared" : "per_request");
        json.put("state", closed ? "stopping" : shared && running.isEmpty() ? "failed" : "running");
        ArrayNode ids = json.putArray("process_ids");
        running.keySet().forEach(process -> ids.add(process.id().toString()));
        json.put("requests", requests.get());
        json.put(
                "in_flight",
                running.values().stream().mapToInt(RequestQueue::open).sum());
        json.put("errors", errors.get());
        json.put("url", "/apps/" + name + "/");
        return json;
    }
}
