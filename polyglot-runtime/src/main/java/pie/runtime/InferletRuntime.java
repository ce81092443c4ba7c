package pie.runtime;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.Budget;
import pie.engine.process.InferletProcess;
import pie.engine.process.ProcessId;
import pie.runtime.mcp.McpPeer;
import pie.runtime.messaging.MessageBoard;
import pie.runtime.messaging.MessageLimits;

/** Launch and keep processes over the engines of the loaded models. */
public final class InferletRuntime implements AutoCloseable {
    private final RuntimeConfig config;
    private final List<Engine> engines;
    private final Guests guests;
    private final SecureRandom random = new SecureRandom();
    private final Watchdog watchdog;
    private final Map<ProcessId, GuestProcess<?>> processes = new LinkedHashMap<>();
    private final Map<ProcessId, GuestProcess<?>> running = new LinkedHashMap<>();
    private final ArrayDeque<GuestProcess<?>> queued = new ArrayDeque<>();
    private final ProgramShelf shelf = new ProgramShelf();
    private final Facilities facilities;
    private volatile ProgramRegistry registry = ProgramRegistry.NONE;
    private boolean draining;

    private InferletRuntime(Guests guests, List<Engine> engines) {
        this.config = guests.config();
        this.guests = guests;
        this.engines = List.copyOf(engines);
        this.facilities =
                new Facilities(config, new MessageBoard(MessageLimits.DEFAULT), this::startChild, guests::pool);
        this.watchdog = new Watchdog(this::runningNow, this::forgetOld, config.guestMemory());
    }

    /**
     * Start over engines in configured order, the first being the default model. Returns at once; pools warm in the background.
     */
    public static InferletRuntime start(RuntimeConfig config, List<Engine> engines) {
        return start(Guests.prepare(config), engines);
    }

    /** Start over guests that are being prepared already; they are closed with the runtime. */
    public static InferletRuntime start(Guests guests, List<Engine> engines) {
        if (engines.isEmpty()) {
            guests.close();
            throw PieException.invalid("engines must name at least one model");
        }
        return new InferletRuntime(guests, engines);
    }

    public List<Engine> engines() {
        return engines;
    }

    /** Wait until each language of the configuration has a warm context, at most {@code limit}; says whether it has. */
    public boolean awaitWarm(Collection<Language> languages, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        for (Language language : languages) {
            GuestPool<?> pool = guests.pool(language);
            if (pool != null && !pool.awaitWarm(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Check the source and start the process.
     *
     * @throws PieException SOURCE_ERROR with {@code file line column}, NOT_FOUND for a model, UNSUPPORTED for a language that is
     *     off, OVERLOADED with a full queue, DRAINING after {@link #drain}
     */
    public InferletProcess launch(LaunchRequest request) {
        return launch(request, process -> {});
    }

    /**
     * Check the source and start the process, as {@link #launch(LaunchRequest)} does.
     *
     * @param prepare is given the process before it can do anything: a reader that is there from the first event on holds it back
     */
    public InferletProcess launch(LaunchRequest request, Consumer<? super InferletProcess> prepare) {
        config.policy().check(request.permissions());
        GuestProcess<?> process = process(ProcessId.random(), Optional.empty(), request);
        prepare.accept(process);
        if (request.source().name().isEmpty()) {
            shelf.put(request.owner(), request.source());
        }
        return admit(process);
    }

    /**
     * Refuse what cannot run, as a launch would.
     *
     * @throws PieException SOURCE_ERROR with {@code file line column}, UNSUPPORTED for a language that is off, PERMISSION_DENIED
     */
    public void check(ProgramSource source) {
        pool(source).language().check(source);
    }

    /** Let programs start others that are registered somewhere. */
    public void registry(ProgramRegistry programs) {
        registry = programs;
    }

    /**
     * Let a process call an MCP server through someone, such as its client.
     *
     * @throws PieException NOT_FOUND for an unknown process
     */
    public void registerMcp(ProcessId id, String name, McpPeer peer) {
        GuestProcess<?> process;
        synchronized (this) {
            process = processes.get(id);
        }
        if (process == null) {
            throw new PieException(ErrorCode.NOT_FOUND, "process " + id + " not found", Map.of("kind", "process"));
        }
        process.registerMcp(name, peer);
    }

    private GuestProcess<?> startChild(
            ChildProcess child, GuestProcess<?> parent, String program, String input, OptionalLong tokens, long seed) {
        LaunchRequest of = parent.request();
        ProgramRegistry.Entry found = program(of, program);
        var request = new LaunchRequest(
                        of.owner(),
                        found.source(),
                        input,
                        of.model(),
                        new Budget(tokens, Optional.empty(), Optional.empty()),
                        Map.of(),
                        OptionalLong.of(seed),
                        of.capture())
                .bidding(of.bid())
                .permitted(found.permissions());
        return admit(process(child.id(), Optional.of(parent), request));
    }

    /** Find a program: the parent's own, what is registered, what its user launched before. */
    private ProgramRegistry.Entry program(LaunchRequest of, String identity) {
        if (identity.equals(of.source().identity())) {
            return new ProgramRegistry.Entry(of.source(), of.permissions());
        }
        int at = identity.indexOf('@');
        return registry.find(of.owner(), identity.substring(0, at), identity.substring(at + 1))
                .or(() ->
                        shelf.find(of.owner(), identity).map(kept -> new ProgramRegistry.Entry(kept, of.permissions())))
                .orElseThrow(() -> new PieException(
                        ErrorCode.NOT_FOUND, "program '" + identity + "' not found", Map.of("kind", "program")));
    }

    private GuestProcess<?> process(ProcessId id, Optional<GuestProcess<?>> parent, LaunchRequest request) {
        List<Engine> order = order(request.model());
        return process(id, parent, request, pool(request.source()), order);
    }

    private GuestPool<?> pool(ProgramSource source) {
        GuestPool<?> pool = guests.pool(source.language());
        if (pool == null) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED, "language '" + source.language().word() + "' is not offered by this server");
        }
        return pool;
    }

    private <P> GuestProcess<P> process(
            ProcessId id,
            Optional<GuestProcess<?>> parent,
            LaunchRequest request,
            GuestPool<P> pool,
            List<Engine> order) {
        if (request.recordings().isPresent() && !pool.language().records()) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED,
                    "programs in " + request.source().language().word()
                            + " cannot be recorded: they share objects and threads with the host; launch it without recording");
        }
        if (request.recordings().isPresent() && request.requests().isPresent()) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED,
                    "programs that answer HTTP requests cannot be recorded; launch it without recording");
        }
        P program = pool.language().check(request.source());
        long seed = request.seed().orElseGet(random::nextLong);
        return new GuestProcess<>(id, parent, request, program, pool, order, facilities, seed, this::ended);
    }

    private List<Engine> order(Optional<String> model) {
        if (model.isEmpty()) {
            return engines;
        }
        var order = new ArrayList<Engine>();
        engines.stream().filter(e -> e.model().name().equals(model.get())).forEach(order::add);
        if (order.isEmpty()) {
            throw new PieException(
                    ErrorCode.NOT_FOUND,
                    "Model '" + model.get() + "' not found; loaded: "
                            + engines.stream().map(e -> e.model().name()).collect(Collectors.joining(", ")),
                    Map.of("kind", "model"));
        }
        engines.stream().filter(e -> !e.model().name().equals(model.get())).forEach(order::add);
        return List.copyOf(order);
    }

    private synchronized GuestProcess<?> admit(GuestProcess<?> process) {
        if (draining) {
            throw new PieException(ErrorCode.DRAINING, "the server is stopping and takes no launches");
        }
        if (mayRun(process)) {
            processes.put(process.id(), process);
            running.put(process.id(), process);
            process.start();
        } else if (queued.size() < config.maxQueued()) {
            processes.put(process.id(), process);
            queued.add(process);
        } else {
            throw new PieException(
                    ErrorCode.OVERLOADED,
                    "the launch queue is full with " + queued.size() + " processes; try again later",
                    Map.of("queue_depth", queued.size()));
        }
        return process;
    }

    /** One child of each running process may always run: that process may wait for it. */
    private boolean mayRun(GuestProcess<?> process) {
        return running.size() < config.maxRunning()
                || process.parent().isPresent()
                        && running.containsKey(process.parent().get().id())
                        && running.values().stream()
                                .noneMatch(other -> other.parent().equals(process.parent()));
    }

    /** Take note that a process ended, or was ended before it began. */
    private void ended(GuestProcess<?> process) {
        boolean neverStarted;
        synchronized (this) {
            neverStarted = queued.remove(process);
            running.remove(process.id());
            for (GuestProcess<?> next : List.copyOf(queued)) {
                if (mayRun(next)) {
                    queued.remove(next);
                    running.put(next.id(), next);
                    next.start();
                }
            }
            notifyAll();
        }
        if (neverStarted) {
            process.abandon();
        }
    }

    private synchronized List<GuestProcess<?>> runningNow() {
        return List.copyOf(running.values());
    }

    private synchronized void forgetOld() {
        Instant limit = Instant.now().minus(config.eventsTtl());
        processes
                .values()
                .removeIf(p -> p.ended().map(end -> end.isBefore(limit)).orElse(false) && forgotten(p));
    }

    /** Return how many threads of ended processes could not be stopped. */
    public synchronized int stuckThreads() {
        return (int) processes.values().stream().filter(GuestProcess::stuck).count();
    }

    /** Find a live or recently ended process. */
    public synchronized Optional<InferletProcess> find(ProcessId id) {
        @Nullable GuestProcess<?> process = processes.get(id);
        return Optional.ofNullable(process);
    }

    /** List live and recently ended processes, oldest first. */
    public synchronized List<InferletProcess> processes() {
        return List.copyOf(processes.values());
    }

    /** List the processes that have not ended: those that run, then those that queue, each oldest first. */
    public synchronized List<InferletProcess> live() {
        List<InferletProcess> live = new ArrayList<>(running.size() + queued.size());
        live.addAll(running.values());
        live.addAll(queued);
        return live;
    }

    /** Forget an ended process. */
    public synchronized void purge(ProcessId id) {
        processes.computeIfPresent(
                id, (key, process) -> process.state().ended() && forgotten(process) ? null : process);
    }

    private static boolean forgotten(GuestProcess<?> process) {
        process.forget();
        return true;
    }

    /** Refuse new launches, wait for the live ones at most {@code limit}, then end them. */
    public void drain(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (this) {
            draining = true;
            while (!running.isEmpty() || !queued.isEmpty()) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    break;
                }
                wait(left);
            }
        }
        endAll();
    }

    private void endAll() throws InterruptedException {
        List<GuestProcess<?>> live;
        synchronized (this) {
            live = new ArrayList<>(queued);
            live.addAll(running.values());
        }
        live.forEach(process -> process.interrupt("shutdown"));
        synchronized (this) {
            long deadline =
                    System.nanoTime() + config.killGrace().plusSeconds(5).toNanos();
            while (!running.isEmpty() && System.nanoTime() < deadline) {
                wait(100);
            }
        }
    }

    private synchronized void forgetFiles() {
        processes.values().forEach(process -> process.forgetFiles());
    }

    /** End all processes and close the guest contexts; the engines stay open. */
    @Override
    public void close() {
        synchronized (this) {
            draining = true;
        }
        try {
            endAll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        watchdog.close();
        forgetFiles();
        guests.close();
        facilities.close();
    }
}
