package pie.engine.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pie.engine.ContextHandle;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;

/**
 * Play an inferlet: ask, wait for the reply, think, go on. What it asks depends on its own seed and on what it was told only, never on
 * time, so that its transcript must be the same in any company.
 */
abstract class Actor {
    /** Say how it ended. */
    enum End {
        DONE,
        KILLED,
        LOST,
        EXHAUSTED
    }

    final EngineSim sim;
    final int number;
    final long seed;
    final ProcessId id;
    final List<int[]> seen = new ArrayList<>();
    Budget limits = Budget.UNLIMITED;
    /** Tokens that generations gave, by the program's own count. */
    long given;

    /** Tokens of the last generation, that the end of the token budget cut off; -1 if that was not why it ended. */
    int cutOff = -1;

    OptionalDouble bid = OptionalDouble.empty();
    String owner = "local";

    @Nullable
    End end;

    boolean ended;
    private boolean killed;
    private int asked;
    private int replies;
    /** Results before it asked again for something that failed with the device, all if it never did. */
    private int untroubled = Integer.MAX_VALUE;

    @Nullable
    CompletableFuture<?> pending;

    Actor(EngineSim sim, int number, long seed) {
        this.sim = sim;
        this.number = number;
        this.seed = seed;
        id = new ProcessId(new java.util.UUID(seed * 31 + number, 0x8000_0000_0000_0000L | number));
    }

    /** Do the first thing of one's own. */
    abstract void act();

    /** Hear that what was asked for cannot be. */
    void refused(String why) {
        sim.fail(new Breach("C16", this + " was refused: " + why));
    }

    final void begin() {
        await("open", () -> sim.engine().open(id, new OwnerId(owner), limits, seed, bid), opened -> act());
    }

    final void context(Consumer<ContextHandle> then) {
        await("create", () -> sim.engine().create(id, true), then);
    }

    /** Ask, and go on with the reply. */
    final <T> void await(String what, Supplier<CompletableFuture<T>> ask, Consumer<T> then) {
        if (killed) {
            return;
        }
        CompletableFuture<T> future;
        try {
            future = ask.get();
        } catch (PieException e) {
            if (e.code() != ErrorCode.OVERLOADED) {
                sim.fail(new Breach("C16", this + " asked for " + what + " and was refused: " + e.getMessage()));
                return;
            }
            sim.clock().after(1_000_000, () -> await(what, ask, then));
            return;
        }
        int ticket = ++asked;
        sim.note(this, "asks " + what);
        pending = future;
        future.whenComplete((value, error) -> {
            replies++;
            if (ticket != asked || replies != asked) {
                sim.fail(new Breach("C16", this + " got " + replies + " replies to " + asked + " calls"));
            }
            sim.note(this, "gets " + what + (error == null ? "" : " " + error));
            if (code(error) == ErrorCode.DRIVER_FAILURE) {
                sim.blame(this); // now: a moment later its contexts may be gone
            }
            pending = null;
            sim.clock().after(sim.think(), () -> told(what, ask, then, value, error));
        });
    }

    @SuppressWarnings("NullAway") // the value of a Void future
    private <T> void told(
            String what,
            Supplier<CompletableFuture<T>> ask,
            Consumer<T> then,
            @Nullable T value,
            @Nullable Throwable error) {
        if (killed) {
            return;
        }
        if (error == null) {
            then.accept(value);
            return;
        }
        Throwable cause = cause(error);
        switch (code(error)) {
            case DRIVER_FAILURE -> {
                untroubled = Math.min(untroubled, seen.size());
                await(what, ask, then);
            }
            case STORAGE_FULL, INTERNAL -> {
                if (sim.scenario().extras().diskFaults() == 0) {
                    sim.fail(new Breach("C16", this + " asked for " + what + " and got " + cause));
                    return;
                }
                untroubled = Math.min(untroubled, seen.size());
                await(what, ask, then);
            }
            case INVALID_ARGUMENT, ALREADY_EXISTS, NOT_FOUND, OUT_OF_PAGES -> refused(cause.getMessage());
            case DEVICE_LOST -> close(End.LOST);
            case BUDGET_EXHAUSTED -> {
                exhausted((PieException) cause);
                close(End.EXHAUSTED);
            }
            default -> sim.fail(new Breach("C16", this + " asked for " + what + " and got " + cause));
        }
    }

    private static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    private static @Nullable ErrorCode code(@Nullable Throwable error) {
        if (error == null) {
            return null;
        }
        return cause(error) instanceof PieException e ? e.code() : ErrorCode.INTERNAL;
    }

    /** Check what an exhausted budget says of itself. */
    private void exhausted(PieException cause) {
        boolean tokens = limits.tokens().isPresent()
                && "tokens".equals(cause.details().get("budget"))
                && Long.valueOf(limits.tokens().getAsLong())
                        .equals(cause.details().get("limit"))
                && cause.details().get("used") instanceof Long used
                && used <= limits.tokens().getAsLong();
        boolean time = limits.pageSeconds().isPresent()
                && "page_seconds".equals(cause.details().get("budget"))
                && Double.valueOf(limits.pageSeconds().getAsDouble())
                        .equals(cause.details().get("limit"))
                && cause.details().get("used") instanceof Double used
                && used >= limits.pageSeconds().getAsDouble();
        if (tokens) {
            cutOff = cause.details().get("tokens") instanceof int[] partial ? partial.length : 0;
        }
        boolean named = (tokens || time) && "process".equals(cause.details().get("scope"));
        if (!named) {
            sim.fail(new Breach("C17", this + " has " + limits + " and heard: " + cause.getMessage()));
        }
    }

    /** End from outside, whatever it is doing. */
    final void kill() {
        if (!killed && end == null) {
            sim.note(this, "is killed");
            close(End.KILLED);
        }
    }

    final void close(End how) {
        end = how;
        killed = true;
        sim.note(this, "ends " + how);
        sim.engine().closeProcess(id).whenComplete((done, error) -> {
            ended = true;
            sim.note(this, "has ended");
        });
    }

    int untroubled() {
        return untroubled;
    }

    @Override
    public String toString() {
        return "program " + number;
    }
}
