package pie.cli.monitor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pie.cli.monitor.Snapshot.Program;
import pie.cli.tui.Figures;

/**
 * Say in one sentence what the numbers come to, where they come to something: what an operator would look for first. Sentences fit the
 * 76 cells that 80 columns leave them.
 */
final class Reading {
    /** Where a program's time goes when neither the engine nor the program itself has it. */
    private static final Set<String> OUTSIDE =
            Set.of("timer", "tool", "http", "message", "file", "child", "callback", "host");

    private static final int FEW = 3;
    private static final double MOST_WAIT = 0.6;
    private static final double EMPTY = 0.5;
    private static final double DOMINANT = 0.5;
    private static final double FULL = 0.9;
    private static final double SLOWER = 1.5;

    private Reading() {}

    static List<String> of(Snapshot snapshot, Snapshot.Model model, double[] tokenMillis) {
        List<String> found = new ArrayList<>();
        empty(snapshot, model).ifPresent(found::add);
        pressure(model, tokenMillis).ifPresent(found::add);
        dominant(snapshot).ifPresent(found::add);
        return found;
    }

    /** Batches are empty since programs wait for something else than the engine. */
    private static Optional<String> empty(Snapshot snapshot, Snapshot.Model model) {
        List<Program> programs = snapshot.programs();
        Map<String, Integer> outside = new HashMap<>();
        programs.stream()
                .filter(p -> p.state().equals("running") && OUTSIDE.contains(p.waitsFor()))
                .forEach(p -> outside.merge(p.waitsFor(), 1, Integer::sum));
        int waiting = outside.values().stream().mapToInt(Integer::intValue).sum();
        if (programs.size() < FEW || waiting < MOST_WAIT * programs.size() || !(model.util() < EMPTY)) {
            return Optional.empty();
        }
        return outside.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(most ->
                        "empty batches: " + waiting + " of " + programs.size() + " programs wait (" + most.getValue()
                                + " for " + most.getKey() + "), device busy " + Figures.wholePercent(model.util()));
    }

    /** One program has most of the batch. */
    private static Optional<String> dominant(Snapshot snapshot) {
        if (snapshot.programs().size() < FEW) {
            return Optional.empty();
        }
        return snapshot.programs().stream()
                .max(Comparator.comparingDouble(Program::share))
                .filter(p -> p.share() >= DOMINANT)
                .map(p -> p.program() + " (" + p.shortId() + ") takes " + Figures.wholePercent(p.share())
                        + " of the batch: " + (snapshot.programs().size() - 1) + " others share the rest");
    }

    /** Tokens come slower than they did a minute ago, and pages are short. */
    private static Optional<String> pressure(Snapshot.Model model, double[] tokenMillis) {
        double used = model.pages().used() / model.pages().total();
        boolean isShort = used >= FULL || model.market().waiters() > 0;
        if (!isShort) {
            return Optional.empty();
        }
        double now = model.tokenMillis();
        double before = best(tokenMillis);
        String pages = "pages are short (" + Figures.wholePercent(used) + "), "
                + Figures.count(model.market().waiters()) + " contexts wait";
        return Optional.of(
                now > SLOWER * before
                        ? "slower tokens, " + Figures.millis(before) + " to " + Figures.millis(now) + ": " + pages
                        : pages + ", price " + Figures.credits(model.market().price()));
    }

    /** Return the best tenth of the last two minutes, so that one lucky second does not count. */
    private static double best(double[] tokenMillis) {
        double[] sorted = java.util.Arrays.stream(tokenMillis)
                .skip(Math.max(0, tokenMillis.length - 120))
                .filter(v -> !Double.isNaN(v))
                .sorted()
                .toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 10];
    }
}
