package pie.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
 * fails is started again, after a pause that grows from one second to a minute: by a later request, or by itself if it is kept up. One
 * that has had nothing to do for long is let go until the next request.
 */
final class App {
    private static final Logger LOG = LoggerFactory.getLogger(App.class);
    private static final int MOST_WAITING = 64;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration START = Duration.ofSeconds(60);

    private final String name;
    private final LaunchRequest request;
    private final AppTerms terms;
    private final boolean keptUp;
    private final Launcher launcher;
    private final ScheduledExecutorService timer;
    private final Semaphore permits;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong errors = new AtomicLong();
    private final ConcurrentHashMap<InferletProcess, RequestQueue> running = new ConcurrentHashMap<>();
    private final ReentrantLock starting = new ReentrantLock();
    private volatile @Nullable InferletProcess current;
    private volatile long began;
    private int failures;
    private long notBefore;
    private Duration pause = FIRST_PAUSE;
    private volatile long lastUsed = System.nanoTime();
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile boolean resting;
    private volatile boolean closed;

    /**
     * @param request what each process is launched with
     * @param keptUp whether a shared process that fails is started again at once, not by the next request
     */
    App(
            String name,
            LaunchRequest request,
            AppTerms terms,
            boolean keptUp,
            Launcher launcher,
            ScheduledExecutorService timer) {
        this.name = name;
        this.request = request;
        this.terms = terms;
        this.keptUp = keptUp && terms.shared();
        this.launcher = launcher;
        this.timer = timer;
        this.permits = new Semaphore(terms.concurrency(), true);
    }

    /** Say whether it answers without a token. */
    boolean open() {
        return terms.open();
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
        starting.lockInterruptibly();
        try {
            launch();
        } finally {
            starting.unlock();
        }
    }

    private void launch() throws InterruptedException {
        var queue = new RequestQueue();
        InferletProcess process = launched(queue);
        if (!terms.shared()) {
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
        began = System.nanoTime();
        used();
    }

    // ---- rest

    /** Note that there was something to do, and see to it that one look is ahead for whether there has been nothing for long. */
    private void used() {
        lastUsed = System.nanoTime();
        if (terms.shared() && terms.idle().isPresent() && looking.compareAndSet(false, true)) {
            later(this::look, terms.idle().get());
        }
    }

    private void look() {
        Duration idle = terms.idle().orElseThrow();
        long left = idle.toNanos() - (System.nanoTime() - lastUsed);
        if (left > 0 || !rest()) {
            later(this::look, left > 0 ? Duration.ofNanos(left) : idle);
        } else {
            looking.set(false);
        }
    }

    private void later(Runnable task, Duration span) {
        try {
            var unused = timer.schedule(task, span.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("app {} is left as it is: the server stops", name);
        }
    }

    /** Let the process go; the next request starts another. Says whether there is none, which it is not while it has something to do. */
    private boolean rest() {
        if (!starting.tryLock()) {
            return false;
        }
        try {
            InferletProcess process = current;
            RequestQueue queue = process == null ? null : running.get(process);
            if (queue == null || closed) {
                return true;
            }
            if (queue.open() > 0) {
                return false;
            }
            resting = true;
            current = null;
            notBefore = 0;
            queue.close();
            return true;
        } finally {
            starting.unlock();
        }
    }

    // ---- failures

    /** Start a process that failed again, after a pause. */
    private void keepUp(InferletProcess process, Outcome outcome) {
        if (closed || !keptUp || process != current) {
            return;
        }
        startAgain(told(outcome));
    }

    private synchronized void startAgain(String why) {
        failures = System.nanoTime() - began > LONGEST_PAUSE.toNanos() ? 0 : Math.min(failures + 1, 7);
        Duration grown = FIRST_PAUSE.multipliedBy(1L << Math.max(0, failures - 1));
        Duration wait = grown.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : grown;
        LOG.warn("app {} has ended: {}; it is started again in {} s", name, why, wait.toSeconds());
        later(() -> Thread.ofVirtual().name("pie-app-restart").start(this::revive), wait);
    }

    private static String told(Outcome outcome) {
        return outcome instanceof Outcome.Failed f
                ? f.code() + ": " + f.message()
                : outcome.state().word();
    }

    private void revive() {
        starting.lock();
        try {
            InferletProcess process = current;
            if (closed || process != null && running.containsKey(process)) {
                return;
            }
            launch();
        } catch (PieException e) {
            startAgain(e.code() + ": " + e.message());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            starting.unlock();
        }
    }

    // ---- requests

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
            InferletProcess process = terms.shared() ? handOver(call) : own(call);
            return new Place(process, () -> {
                permits.release();
                used();
            });
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
        var unused = process.outcome().whenComplete((outcome, error) -> {
            running.remove(process);
            keepUp(process, outcome);
        });
        return process;
    }

    private InferletProcess handOver(Call call) throws InterruptedException {
        starting.lockInterruptibly();
        try {
            InferletProcess process = current;
            RequestQueue queue = process == null ? null : running.get(process);
            if (process != null && queue != null && queue.offer(call)) {
                return process;
            }
            // there is none, or it is about to end
            restart();
            process = Objects.requireNonNull(current);
            queue = running.get(process);
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
        resting = false;
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

    private String state() {
        if (closed) {
            return "stopping";
        }
        if (!terms.shared() || !running.isEmpty() && !resting) {
            return "running";
        }
        return resting ? "idle" : "failed";
    }

    ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("name", name);
        json.put("program", request.source().identity());
        json.put("owner", request.owner().value());
        json.put("instances", terms.shared() ? "shared" : "per_request");
        json.put("max_concurrency", terms.concurrency());
        json.put("public", terms.open());
        terms.idle().ifPresent(idle -> json.put("idle_timeout", idle.toMillis() / 1e3));
        json.put("state", state());
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
