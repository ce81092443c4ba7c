package pie.inferlet;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.ProbeSpec;

/**
 * Make plans for the engine of a generator's options. Constraints stay the same objects from plan to plan, so that they go on where they
 * are; those of the program's own, and its drafter, are asked through a {@link Guidance}.
 */
final class GuidedPlan {
    private final Model model;
    private final Sampler sampler;
    private final ChatForm form;
    private final Map<Object, Constraint> built = new IdentityHashMap<>();
    private final Map<GrammarConstraint, FollowedGrammar> followed = new IdentityHashMap<>();
    private volatile @Nullable Guidance guidance;

    GuidedPlan(Model model, Sampler sampler, ChatForm form) {
        this.model = model;
        this.sampler = sampler;
        this.form = form;
    }

    /** Return what asks the program's code in each step, null while it has no say. */
    @Nullable
    Guidance guidance() {
        return guidance;
    }

    PlanSpec of(GenerateOptions options, List<ProbeSpec> probes) {
        Mask mask = options.logitMask();
        Set<Constraint> constraints = constraints(options);
        int[] stops = options.stopIds(form.stops());
        boolean guided = guide(options, constraints, stops);
        return new PlanSpec(
                        sampler.chain(),
                        options.maxTokensOrAll(),
                        stops,
                        options.stopStrings(),
                        mask == null || mask.unrestricted() ? null : mask.words(model.vocabulary()),
                        options.seed(),
                        List.copyOf(probes))
                .withBidding(options.horizonOrNone(), options.rebids())
                .withConstraints(
                        guided
                                ? List.of()
                                : constraints.stream()
                                        .map(one -> ((GrammarConstraint) one)
                                                .matcher()
                                                .engineMatcher())
                                        .distinct()
                                        .toList())
                .withSpeculation(
                        !guided && options.speculates(sampler.chain().greedy() && model.defaultSystemSpeculation()))
                .withAdapter(options.through(model));
    }

    /** Each once, however often it was given: a schema is one constraint, and a constraint must hear of a token once. */
    private Set<Constraint> constraints(GenerateOptions options) {
        Set<Constraint> all = new LinkedHashSet<>();
        for (Object given : options.constraints()) {
            all.add(built.computeIfAbsent(
                    given, one -> one instanceof Schema schema ? schema.buildConstraint(model) : (Constraint) one));
        }
        return all;
    }

    /** Have the program's own constraints and drafter asked from now on, if there are any. */
    private boolean guide(GenerateOptions options, Set<Constraint> constraints, int[] stops) {
        boolean own = constraints.stream().anyMatch(one -> !(one instanceof GrammarConstraint));
        if (!own && options.speculator() == null) {
            guidance = null;
            return false;
        }
        Guidance guide = guidance;
        if (guide == null) {
            guide = new Guidance(model.vocabulary());
        }
        int[] sorted = stops.clone();
        Arrays.sort(sorted);
        guide.set(
                constraints.stream()
                        .map(one -> one instanceof GrammarConstraint grammar ? followed(grammar, sorted) : one)
                        .toList(),
                options.logitMask(),
                options.speculator(),
                sorted);
        guidance = guide;
        return true;
    }

    private Constraint followed(GrammarConstraint grammar, int[] stops) {
        return followed.computeIfAbsent(
                grammar, one -> new FollowedGrammar(one.matcher().engineMatcher(), stops));
    }
}
