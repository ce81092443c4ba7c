package pie.runtime.bridge;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.trace.Timeline;
import pie.inferlet.Host;
import pie.runtime.replay.Datum;

/**
 * Offer the inferlet API to one guest as a table of named functions. Made before the process is known; {@link #attach} joins them.
 */
public final class Bridge {
    private static final Logger LOG = LoggerFactory.getLogger(Bridge.class);

    private static final Value[] NONE = {};

    private final Dialect plain;
    private final TapedDialect dialect;
    private final Operations operations = new Operations();
    private final Map<String, Object> table = new LinkedHashMap<>();
    private @Nullable Host host;
    private @Nullable Tape tape;
    private volatile long calls;
    private volatile boolean waiting;
    private int callbacks;

    public Bridge(Dialect dialect) {
        plain = dialect;
        this.dialect = new TapedDialect(dialect);
        new LoopOps(this).register();
        new RuntimeOps(this).register();
        new ModelOps(this).register();
        new ContextOps(this).register();
        new SnapshotOps(this).register();
        new ForwardOps(this).register();
        new AdapterOps(this).register();
        new GrammarOps(this).register();
        new GeneratorOps(this).register();
        new ChatOps(this).register();
        new ReasoningOps(this).register();
        new ToolOps(this).register();
        new MessagingOps(this).register();
        new WebOps(this).register();
        new ServeOps(this).register();
        new FileOps(this).register();
        new McpOps(this).register();
        new ModuleOps(this).register();
    }

    /** Return the functions by name. */
    public Map<String, Object> table() {
        return table;
    }

    public Operations operations() {
        return operations;
    }

    /** Wait in the guest's event loop for the next completed call; see {@link Operations#poll}. */
    public int poll(double seconds) {
        boolean outer = waiting;
        waiting = true;
        try {
            OptionalInt elsewhere = tape == null ? OptionalInt.empty() : tape.poll(seconds);
            if (elsewhere.isPresent()) {
                return elsewhere.getAsInt();
            }
            if (seconds != 0) {
                host().idle(operations.awaited());
            }
            int id = operations.poll(seconds);
            if (id == Operations.ENDING) {
                operations.cancelAll();
            }
            return id;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PieException(ErrorCode.CANCELLED, "cancelled", Map.of(), e);
        } finally {
            host().busy();
            waiting = outer;
        }
    }

    /** Say whether no call is in flight and no completion waits. */
    public boolean idle() {
        try {
            return operations.idle() && (tape == null || tape.idle());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PieException(ErrorCode.CANCELLED, "cancelled", Map.of(), e);
        }
    }

    /** Join a process; with a tape, its calls go through that. */
    public void attach(Host process, @Nullable Tape recorded) {
        host = process;
        tape = recorded;
        dialect.use(recorded == null ? plain : recorded.dialect(plain));
    }

    private @Nullable Object answer(String name, Tape.Call body, Value[] values) throws InterruptedException {
        Tape taped = tape;
        return taped == null ? body.run(new Args(values)) : taped.answer(name, new Args(values), body);
    }

    /** Compute a number that the guest's event loop depends on, as if the guest had called for it. */
    public int turn(String name, IntSupplier body) {
        try {
            return tape == null
                    ? body.getAsInt()
                    : ((Number) Objects.requireNonNull(answer(name, args -> body.getAsInt(), NONE))).intValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PieException(ErrorCode.CANCELLED, "cancelled", Map.of(), e);
        }
    }

    /** Whether another run may be answered from what this one is told. */
    public boolean repeatable() {
        return tape != null && tape.repeatable();
    }

    /** Answer what the guest asked for in another way than by a call, as if it had called for it. */
    public String asked(String name, Supplier<String> body) {
        try {
            return (String) Objects.requireNonNull(answer(name, args -> body.get(), NONE));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PieException(ErrorCode.CANCELLED, "cancelled", Map.of(), e);
        }
    }

    /** Do something for the host itself: it goes through no tape. */
    public <T extends @Nullable Object> T aside(Supplier<T> body) {
        Tape taped = tape;
        tape = null;
        try {
            return body.get();
        } finally {
            tape = taped;
        }
    }

    /** Put on the tape what a guest in another process was told there. */
    public void note(String name, Value[] values, Datum told) {
        try {
            var unused = answer(
                    name,
                    args -> {
                        if (told instanceof Datum.Failure failure) {
                            throw failure.exception();
                        }
                        return told;
                    },
                    values);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (PieException e) {
            if (!(told instanceof Datum.Failure)) {
                throw e;
            }
        }
    }

    int numberCallback() {
        return callbacks++;
    }

    /** Tell the tape that a method of the program is called. */
    void noteCallback(int number, String member, List<Object> arguments) {
        Tape taped = tape;
        if (taped != null) {
            taped.calling(number, member, arguments);
        }
    }

    /** Run code of the guest inside one of its calls. */
    <T> T inGuest(Supplier<T> code) {
        boolean outer = waiting;
        waiting = false;
        try {
            return code.get();
        } finally {
            waiting = outer;
        }
    }

    /** Return how many calls the guest has made. */
    long calls() {
        return calls;
    }

    /** Say whether the guest is inside a call, its event loop's wait being one. */
    boolean waiting() {
        return waiting;
    }

    Dialect dialect() {
        return dialect;
    }

    Host host() {
        Host attached = host;
        if (attached == null) {
            throw new PieException(ErrorCode.INTERNAL, "no process is attached to this guest yet");
        }
        return attached;
    }

    /** Register a function that returns at once, or waits. */
    void call(String name, Tape.Call body) {
        table.put(name, (ProxyExecutable) values -> guarded(name, body, values));
    }

    /** Register a function without result. */
    public void run(String name, Consumer<Args> body) {
        call(name, args -> {
            body.accept(args);
            return dialect.absent();
        });
    }

    /**
     * Register a function that starts a call and returns its id.
     *
     * @param what where the time of a program goes that waits for it, in the words of {@link Host#await}
     */
    <T extends @Nullable Object> void start(
            String name, String what, Function<Args, CompletableFuture<T>> body, Function<T, @Nullable Object> finish) {
        start(name, what, body, finish, value -> {});
    }

    <T extends @Nullable Object> void start(
            String name,
            String what,
            Function<Args, CompletableFuture<T>> body,
            Function<T, @Nullable Object> finish,
            Consumer<T> giveBack) {
        call(name, args -> operations.start(what, noted(name, what, body.apply(args)), finish, giveBack));
    }

    /** Note what the program will wait for; the engine notes its own operations. */
    private <T extends @Nullable Object> CompletableFuture<T> noted(
            String name, String what, CompletableFuture<T> future) {
        Timeline record = timeline();
        if (record != null && !what.equals("forward")) {
            record.operation(name, future);
        }
        return future;
    }

    /**
     * A call under way.
     *
     * @param finish makes the guest's value of the result
     * @param giveBack takes a result that came but will not be delivered
     */
    record Started<T extends @Nullable Object>(
            CompletableFuture<T> future, Function<T, @Nullable Object> finish, Consumer<T> giveBack) {}

    /** Register a function that starts a call whose end depends on its arguments, and returns its id. */
    <T extends @Nullable Object> void startGiven(String name, String what, Function<Args, Started<T>> body) {
        call(name, args -> {
            Started<T> started = body.apply(args);
            return operations.start(what, noted(name, what, started.future()), started.finish(), started.giveBack());
        });
    }

    private @Nullable Object guarded(String name, Tape.Call body, Value[] values) {
        // One thread writes.
        calls = calls + 1;
        boolean outer = waiting;
        waiting = true;
        Timeline record = timeline();
        long begun = record == null ? 0 : System.nanoTime();
        try {
            return answer(name, body, values);
        } catch (PieException e) {
            throw dialect.raise(dialect.kinds().named(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw dialect.raise(new PieException(ErrorCode.CANCELLED, "cancelled", Map.of(), e));
        } catch (org.graalvm.polyglot.PolyglotException e) {
            if (e.isInternalError() && !e.isCancelled() && !e.isInterrupted()) {
                LOG.warn("an argument of {} cannot be read", name, e);
                throw dialect.raise(Args.invalidType(name + ": an argument cannot be read: " + e.getMessage()));
            }
            throw e;
        } catch (RuntimeException e) {
            LOG.error("an operation of the inferlet API failed", e);
            throw dialect.raise(new PieException(ErrorCode.INTERNAL, "internal error: " + e, Map.of(), e));
        } finally {
            waiting = outer;
            if (record != null) {
                record.call(name, begun, System.nanoTime());
            }
        }
    }

    private @Nullable Timeline timeline() {
        Host attached = host;
        return attached == null ? null : attached.timeline();
    }
}
