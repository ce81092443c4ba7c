package pie.engine.sim;

import java.util.Locale;

/** Run simulations from the command line: one seed, a range, or as many as fit into a time. */
public final class SimMain {
    private SimMain() {}

    /** Options: {@code --seed=N}, {@code --seeds=A..B}, {@code --seconds=S}, {@code --depth=N} steps with the
     * device instead of what the seed says, {@code --plain} without what came to simulations later, {@code --keep-going} past failures,
     * with a line for each 1,000 seeds. Prints the first failure, or each, and ends with status 1. */
    public static void main(String[] args) {
        long first = 1;
        long last = 2000;
        long seconds = Long.MAX_VALUE;
        int depth = 0;
        boolean one = false;
        boolean keepGoing = false;
        boolean plain = false;
        for (String arg : args) {
            String value = arg.substring(arg.indexOf('=') + 1);
            try {
                if (arg.startsWith("--seed=")) {
                    first = Long.parseLong(value);
                    last = first;
                    one = true;
                } else if (arg.startsWith("--seeds=")) {
                    int dots = value.indexOf("..");
                    first = Long.parseLong(value.substring(0, dots));
                    last = Long.parseLong(value.substring(dots + 2));
                } else if (arg.startsWith("--depth=")) {
                    depth = Integer.parseInt(value);
                } else if (arg.equals("--plain")) {
                    plain = true;
                } else if (arg.equals("--keep-going")) {
                    keepGoing = true;
                } else if (arg.startsWith("--seconds=")) {
                    seconds = Long.parseLong(value);
                    last = last == 2000 ? Long.MAX_VALUE : last;
                } else {
                    throw new IllegalArgumentException(arg);
                }
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                System.err.println("sim: cannot read " + arg + ": give --seed=N, --seeds=A..B, --seconds=S, --depth=N,"
                        + " --plain, --keep-going");
                System.exit(2);
            }
        }
        System.exit(run(first, last, seconds, depth, plain, one, keepGoing));
    }

    private static int run(
            long first, long last, long seconds, int depth, boolean plain, boolean one, boolean keepGoing) {
        long begun = System.nanoTime();
        long end = seconds == Long.MAX_VALUE ? Long.MAX_VALUE : begun + seconds * 1_000_000_000L;
        long turns = 0;
        long steps = 0;
        long overrun = 0;
        long accepted = 0;
        long failures = 0;
        long deep = 0;
        long drafting = 0;
        long seed = first;
        for (; seed <= last && System.nanoTime() < end; seed++) {
            try {
                int deepness = depth == 0 ? Scenario.depth(seed) : depth;
                Scenario scenario = plain ? Scenario.plain(seed, deepness) : Scenario.of(seed, deepness);
                deep += scenario.config().pipelineDepth() > 1 ? 1 : 0;
                Simulation.Report report = Simulation.run(scenario, one);
                drafting += report.accepted() > 0 ? 1 : 0;
                turns += report.turns();
                steps += report.steps();
                overrun += report.overrun();
                accepted += report.accepted();
                if (one) {
                    System.out.println(report.text());
                    System.out.println("digest " + Long.toHexString(report.digest()));
                }
            } catch (AssertionError e) {
                System.out.println(e.getMessage());
                if (one) {
                    e.printStackTrace(System.out);
                }
                if (!keepGoing) {
                    return 1;
                }
                failures++;
            }
            if (keepGoing && seed % 1000 == 0) {
                System.out.printf(
                        Locale.ROOT,
                        "seeds %d..%d: %d failed, %d turns, %d steps, %.1f s%n",
                        first,
                        seed,
                        failures,
                        turns,
                        steps,
                        (System.nanoTime() - begun) / 1e9);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "seeds %d..%d: %s. %d with two steps in flight, %d with drafts that held;"
                        + " %d turns, %d steps, %d overrun rows, %d accepted drafts, %.1f s%n",
                first,
                seed - 1,
                failures == 0 ? "all laws hold" : failures + " failed",
                deep,
                drafting,
                turns,
                steps,
                overrun,
                accepted,
                (System.nanoTime() - begun) / 1e9);
        return failures == 0 ? 0 : 1;
    }
}
