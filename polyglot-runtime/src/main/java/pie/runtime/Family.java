package pie.runtime;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import pie.engine.ErrorCode;
import pie.engine.PieException;
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
                ChildProcess child, GuestProcess<?> parent, String program, String input, OptionalLong tokens);
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
            alive.add(child);
        }
        child.start(() -> starter.start(child, parent, program, input, tokens), () -> ended(child));
        return child;
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
