package pie.engine.sim;

import java.util.Locale;
import java.util.function.LongFunction;

/** Run simulations from the command line: one seed, a range, or as many as fit into a time. */
public final class SimMain {
    private SimMain() {}

    /** Options: {@code --seed=N}, {@code --seeds=A..B}, {@code --seconds=S}, {@code --depth=N} steps with the
     * device instead of what the seed says, {@code --threads=N} seeds at a time, {@code --plain} without what came to simulations later, {@code --keep-going} past failures,
     * with a line for each 1,000 seeds; or {@code --fairness}, what owners of equal endowment get who all want more than there is; or {@code --rush}, what it costs that urgent programs take the pages of patient ones. Prints the first failure, or each, and ends with status 1. */
    public static void main(String[] args) throws InterruptedException {
        long first = 1;
        long last = 2000;
        long seconds = Long.MAX_VALUE;
        int depth = 0;
        int threads = Math.min(2, Runtime.getRuntime().availableProcessors());
        boolean one = false;
        boolean keepGoing = false;
        boolean plain = false;
        boolean fairness = false;
        boolean rush = false;
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
                } else if (arg.startsWith("--threads=")) {
                    threads = Math.max(1, Integer.parseInt(value));
                } else if (arg.equals("--fairness")) {
                    fairness = true;
                } else if (arg.equals("--rush")) {
                    rush = true;
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
                System.err.println("sim: cannot read " + arg
                        + ": give --seed=N, --seeds=A..B, --seconds=S, --depth=N, --threads=N,"
                        + " --plain, --keep-going, --fairness, --rush");
                System.exit(2);
            }
        }
        if (fairness || rush) {
            for (long seed = first; seed <= (one || last != 2000 ? last : 5); seed++) {
                System.out.println("seed " + seed + ": "
                        + (fairness
                                ? Fairness.run(seed)
                                : "a crowd: " + Rush.crowd(seed) + "; a pair: " + Rush.pair(seed)));
            }
            return;
        }
        System.exit(run(first, last, seconds, depth, plain, one, keepGoing, threads));
    }

    private static int run(
            long first, long last, long seconds, int depth, boolean plain, boolean one, boolean keepGoing, int threads)
            throws InterruptedException {
        long begun = System.nanoTime();
        long end = begun + (seconds == Long.MAX_VALUE ? Long.MAX_VALUE / 2 : seconds * 1_000_000_000L);
        LongFunction<Simulation.Report> run = seed -> {
            int deepness = depth == 0 ? Scenario.depth(seed) : depth;
            Scenario scenario = plain ? Scenario.plain(seed, deepness) : Scenario.of(seed, deepness);
            Simulation.Report report = Simulation.run(scenario, one);
            if (one) {
                System.out.println(report.text());
            }
            return report;
        };
        Sweep sweep = new Sweep(first, last, end, run, failure -> {
            System.out.println(failure.getMessage());
            if (one) {
                failure.printStackTrace(System.out);
            }
            return keepGoing;
        });
        sweep.after(() -> {
            if (keepGoing && sweep.done() % 1000 == 0) {
                System.out.println(told(sweep, first, begun));
            }
        });
        sweep.on(threads);
        System.out.println(told(sweep, first, begun));
        return sweep.failed() == 0 ? 0 : 1;
    }

    private static String told(Sweep sweep, long first, long begun) {
        Simulation.Report sum = sweep.sum();
        return String.format(
                Locale.ROOT,
                "%d seeds from %d on: %s; %d with drafts that held, %d turns, %d steps, %d overrun rows,"
                        + " %d accepted drafts, %.1f s",
                sweep.done(),
                first,
                sweep.failed() == 0 ? "all laws hold" : sweep.failed() + " failed",
                sweep.drafting(),
                sum.turns(),
                sum.steps(),
                sum.overrun(),
                sum.accepted(),
                (System.nanoTime() - begun) / 1e9);
    }
}
