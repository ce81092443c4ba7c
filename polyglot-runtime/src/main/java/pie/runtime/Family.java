package pie.runtime;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.Budget;
import pie.engine.process.ProcessState;
import pie.inferlet.Host;

/** Start the children of one process, bound them, and end them with it where it is ended. */
final class Family implements Host.Launcher {
    private static final int MOST_CHILDREN = 1024;
    private static final int MOST_GENERATIONS = 16;
    private static final Pattern IDENTITY =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}@[0-9]{1,10}\\.[0-9]{1,10}\\.[0-9]{1,10}");

    /** Find, check and start a program as the child of a process. */
    @FunctionalInterface
    interface Starter {
        GuestProcess<?> start(
                ChildProcess child,
                GuestProcess<?> parent,
                String program,
                String input,
                OptionalLong tokens,
                long seed);
    }

    private final GuestProcess<?> parent;
    private final Starter starter;
    private final boolean permitted;
    private final int generation;
    private final Set<ChildProcess> alive = new LinkedHashSet<>();
    private long tokensOfEnded;

    /** @param generation 0 for a process that a client started, one more for each parent */
    Family(GuestProcess<?> parent, Starter starter, boolean permitted, int generation) {
        this.parent = parent;
        this.starter = starter;
        this.permitted = permitted;
        this.generation = generation;
    }

    int generation() {
        return generation;
    }

    @Override
    public ChildProcess launch(String program, String input, OptionalLong tokens) {
        if (!IDENTITY.matcher(program).matches()) {
            throw PieException.invalid("program must read name@x.y.z, got '" + program + "'");
        }
        if (!permitted) {
            throw new PieException(
                    ErrorCode.PERMISSION_DENIED, "runtime.launch: this program may not start other processes");
        }
        if (tokens.isPresent() && tokens.getAsLong() <= 0) {
            throw PieException.invalid("token_budget must be positive, got " + tokens.getAsLong());
        }
        bounded("children_depth", MOST_GENERATIONS, generation);
        var child = new ChildProcess(tokens);
        long seed;
        synchronized (this) {
            bounded("children", MOST_CHILDREN, alive.size());
            OptionalLong left = parent.tokensLeft();
            if (left.isPresent() && tokens.orElse(1) > left.getAsLong()) {
                throw new PieException(
                        ErrorCode.BUDGET_EXHAUSTED,
                        "token_budget of " + tokens.orElse(1) + " is more than the " + left.getAsLong()
                                + " tokens that are left to this process",
                        Map.of(
                                "budget",
                                "tokens",
                                "scope",
                                "process",
                                "limit",
                                parent.budget().tokens().orElse(0),
                                "used",
                                parent.tokensSpent()));
            }
            seed = parent.childSeed();
            open(child, tokens, seed);
            alive.add(child);
        }
        child.start(() -> start(child, program, input, tokens, seed), () -> ended(child));
        return child;
    }

    /** Make a child known to the engines, so that its tokens are set aside from now on. */
    private void open(ChildProcess child, OptionalLong tokens, long seed) {
        LaunchRequest of = parent.request();
        var budget = new Budget(tokens, Optional.empty(), Optional.empty());
        try {
            for (Engine engine : parent.engines()) {
                engine.openChild(child.id(), of.owner(), budget, seed, of.bid(), parent.id());
            }
        } catch (PieException e) {
            forget(child);
            throw e;
        }
    }

    private void forget(ChildProcess child) {
        parent.engines().forEach(engine -> engine.closeProcess(child.id()));
    }

    private GuestProcess<?> start(ChildProcess child, String program, String input, OptionalLong tokens, long seed) {
        try {
            return starter.start(child, parent, program, input, tokens, seed);
        } catch (RuntimeException e) {
            forget(child);
            throw e;
        }
    }

    private static void bounded(String budget, int limit, int used) {
        if (used >= limit) {
            throw new PieException(
                    ErrorCode.BUDGET_EXHAUSTED,
                    "runtime.launch: " + budget + " is " + used + ", the most there may be",
                    Map.of("budget", budget, "scope", "process", "limit", limit, "used", used));
        }
    }

    private synchronized void ended(ChildProcess child) {
        if (alive.remove(child)) {
            tokensOfEnded += child.tokensSpent();
        }
    }

    /** Return the tokens that children have used, or have been given. */
    synchronized long tokensTaken() {
        long sum = tokensOfEnded;
        for (ChildProcess child : alive) {
            sum += child.tokensTaken();
        }
        return sum;
    }

    /** End the children of a process that was ended; those of one that went by itself live on. */
    void parentEnded(ProcessState state) {
        if (state == ProcessState.CANCELLED || state == ProcessState.EXHAUSTED) {
            List<ChildProcess> left;
            synchronized (this) {
                left = List.copyOf(alive);
            }
            left.forEach(child -> child.end("parent"));
        }
    }
}
