package pie.inferlet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;

/** Choose how a generation goes. Fluent; also the setters of {@link Generator}. */
public final class GenerateOptions {
    private OptionalInt maxTokens = OptionalInt.empty();
    private @Nullable Stops stop;
    private Stops extraStop = new Stops(List.of(), List.of());
    private @Nullable Mask logitMask;
    private OptionalLong seed = OptionalLong.empty();
    private boolean autoFlush = true;
    private int runAhead = 8;
    private OptionalInt horizon = OptionalInt.empty();
    private boolean rebidEachStep = true;
    private List<?> constraints = List.of();
    private Optional<Boolean> systemSpeculation = Optional.empty();
    private @Nullable Speculator speculator;
    private @Nullable Adapter adapter;
    private OptionalLong zoSeed = OptionalLong.empty();
    private @Nullable Optional<pie.engine.adapter.Adapter> chosen;

    private record Stops(List<Integer> ids, List<String> strings) {}

    public static GenerateOptions of() {
        return new GenerateOptions();
    }

    /** Keep at most n tokens. */
    public GenerateOptions maxTokens(int n) {
        maxTokens = OptionalInt.of((int) Checks.atLeast(n, 0, "max_tokens"));
        return this;
    }

    /** Stop at these strings, and at nothing else. */
    public GenerateOptions stop(String... strings) {
        return stop(List.of(), List.of(strings));
    }

    /** Stop at these ids, and at nothing else. */
    public GenerateOptions stop(int... ids) {
        return stop(boxed(ids), List.of());
    }

    /** Stop at these ids and strings, and at nothing else; none at all: nothing stops. */
    public GenerateOptions stop(List<Integer> ids, List<String> strings) {
        stop = stops(ids, strings, "stop");
        return this;
    }

    /** Stop at these strings too. */
    public GenerateOptions extraStop(String... strings) {
        return extraStop(List.of(), List.of(strings));
    }

    /** Stop at these ids too. */
    public GenerateOptions extraStop(int... ids) {
        return extraStop(boxed(ids), List.of());
    }

    public GenerateOptions extraStop(List<Integer> ids, List<String> strings) {
        Stops more = stops(ids, strings, "extra_stop");
        extraStop = new Stops(joined(extraStop.ids, more.ids), joined(extraStop.strings, more.strings));
        return this;
    }

    /** Limit every token to a mask. */
    public GenerateOptions logitMask(Mask mask) {
        logitMask = mask;
        return this;
    }

    /** Constrain by a {@link Schema} or a {@link Constraint}, or a list of them; all hold. Replaces what was set before. */
    public GenerateOptions constrain(Object constraint) {
        List<?> given = constraint instanceof List<?> list ? list : List.of(constraint);
        for (Object one : given) {
            if (!(one instanceof Schema || one instanceof Constraint)) {
                throw PieException.invalid("constrain: a Schema, a Constraint or a list of them must be given, got "
                        + (one == null ? "nothing" : one.getClass().getSimpleName()));
            }
        }
        constraints = List.copyOf(given);
        return this;
    }

    /** Constrain by one more, beside what was set before. */
    GenerateOptions constrainAlso(Schema schema) {
        List<Object> all = new ArrayList<>(constraints);
        all.add(schema);
        constraints = List.copyOf(all);
        return this;
    }

    List<?> constraints() {
        return constraints;
    }

    /** Let a drafter of the program's own guess tokens; excludes {@link #systemSpeculation}(true). */
    public GenerateOptions speculator(Speculator drafter) {
        speculator = drafter;
        return this;
    }

    @Nullable
    Speculator speculator() {
        return speculator;
    }

    /** @throws PieException INVALID_ARGUMENT for both kinds of drafter */
    void checkDrafters() {
        if (speculator != null && systemSpeculation.orElse(false)) {
            throw PieException.invalid(
                    "speculator and system_speculation: only one of them can draft; leave system_speculation off");
        }
    }

    /**
     * Let the engine draft tokens of collected text and check several in one step, or not; the tokens are the same. Unless set: if the
     * sampler is greedy and the operator has left the drafter on.
     */
    public GenerateOptions systemSpeculation(boolean on) {
        systemSpeculation = Optional.of(on);
        return this;
    }

    /** Compute all rows through an adapter, as it is when this is set; null for the model as it is. */
    public GenerateOptions adapter(@Nullable Adapter through) {
        adapter = through;
        zoSeed = through == null ? OptionalLong.empty() : zoSeed;
        chosen = null;
        return this;
    }

    /** Perturb the adapter by a seed; see {@link Zo}. */
    public GenerateOptions zoSeed(long seed) {
        zoSeed = OptionalLong.of(seed);
        chosen = null;
        return this;
    }

    /** Return what rows are computed with, chosen once. @throws PieException INVALID_ARGUMENT, NOT_FOUND, UNSUPPORTED */
    Optional<pie.engine.adapter.Adapter> through(Model model) {
        Optional<pie.engine.adapter.Adapter> known = chosen;
        if (known == null) {
            known = Adapter.chosen(model, adapter, zoSeed);
            chosen = known;
        }
        return known;
    }

    /** Expect about n tokens more; shapes the default bid. */
    public GenerateOptions horizon(int n) {
        horizon = OptionalInt.of((int) Checks.atLeast(n, 1, "horizon"));
        return this;
    }

    /** Work the default bid out at every step, or once at the start; a set bid then lasts the whole generation. */
    public GenerateOptions rebidEachStep(boolean on) {
        rebidEachStep = on;
        return this;
    }

    /** Open the assistant's turn and stop at the end of it; on unless set. */
    public GenerateOptions autoFlush(boolean on) {
        autoFlush = on;
        return this;
    }

    /** Override the sampler's seed. */
    public GenerateOptions seed(long value) {
        seed = OptionalLong.of(value);
        return this;
    }

    /** Let the engine be at most n steps in front in stepwise iteration; 0 = none. */
    public GenerateOptions runAhead(int n) {
        runAhead = (int) Checks.atLeast(n, 0, "run_ahead");
        return this;
    }

    void check(Sampler sampler) {
        if (sampler.draws() != 1) {
            throw PieException.invalid("sampler: a generator draws 1 token per step, not " + sampler.draws());
        }
        checkDrafters();
    }

    /** Check what needs the model's number of ids. */
    void checkIds(int vocabulary) {
        if (logitMask != null) {
            logitMask.checkIds("logit_mask", vocabulary);
        }
    }

    GenerateOptions copy() {
        var copy = new GenerateOptions();
        copy.maxTokens = maxTokens;
        copy.stop = stop;
        copy.extraStop = extraStop;
        copy.logitMask = logitMask;
        copy.seed = seed;
        copy.autoFlush = autoFlush;
        copy.runAhead = runAhead;
        copy.horizon = horizon;
        copy.rebidEachStep = rebidEachStep;
        copy.constraints = constraints;
        copy.systemSpeculation = systemSpeculation;
        copy.speculator = speculator;
        copy.adapter = adapter;
        copy.zoSeed = zoSeed;
        copy.chosen = chosen;
        return copy;
    }

    /** @param usual what holds unless it was set */
    boolean speculates(boolean usual) {
        return systemSpeculation.orElse(usual);
    }

    boolean autoFlush() {
        return autoFlush;
    }

    int horizonOrNone() {
        return horizon.orElse(0);
    }

    boolean rebids() {
        return rebidEachStep;
    }

    int maxTokensOrAll() {
        return maxTokens.orElse(Integer.MAX_VALUE);
    }

    OptionalLong seed() {
        return seed;
    }

    @Nullable
    Mask logitMask() {
        return logitMask;
    }

    /** Return the ids that stop, given those that end a turn. */
    int[] stopIds(int[] turnEnds) {
        List<Integer> base = stop != null ? stop.ids : autoFlush ? boxed(turnEnds) : List.of();
        return joined(base, extraStop.ids).stream()
                .mapToInt(Integer::intValue)
                .distinct()
                .toArray();
    }

    List<String> stopStrings() {
        return joined(stop == null ? List.of() : stop.strings, extraStop.strings);
    }

    private static Stops stops(List<Integer> ids, List<String> strings, String name) {
        if (strings.contains("")) {
            throw PieException.invalid(name + ": a stop string must not be empty");
        }
        for (int id : ids) {
            if (id < 0) {
                throw PieException.invalid(name + ": token ids must be >= 0, got " + id);
            }
        }
        return new Stops(List.copyOf(ids), List.copyOf(strings));
    }

    private static List<Integer> boxed(int[] ids) {
        return java.util.Arrays.stream(ids).boxed().toList();
    }

    private static <T> List<T> joined(List<T> a, List<T> b) {
        var all = new ArrayList<>(a);
        all.addAll(b);
        return List.copyOf(all);
    }
}
