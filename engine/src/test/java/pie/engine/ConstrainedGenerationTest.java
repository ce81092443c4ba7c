package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import pie.engine.generate.FinishReason;
import pie.engine.generate.Generation;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.PassSpec;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.generate.StepSpec;
import pie.engine.grammar.GrammarSource;
import pie.engine.grammar.Matcher;
import pie.engine.process.Budget;
import pie.engine.process.ProcessId;
import pie.engine.testing.LeakAudit;

/** Generate under grammars with the hashing driver, whose choice is as good as random. */
@Timeout(60)
class ConstrainedGenerationTest {
    @RegisterExtension
    final LeakAudit audit = new LeakAudit();

    private final Engine engine = audit.engine(64, 8, 64);
    private final ProcessId process = audit.process(engine);
    private final int[] stops = engine.model().config().stopIds();

    private Matcher matcher(GrammarSource source) {
        return new Matcher(engine.grammars().get(source).join());
    }

    private Matcher regex(String pattern) {
        return matcher(new GrammarSource.Regex(pattern));
    }

    private ContextHandle context() {
        ContextHandle context = engine.createContext(process, true);
        context.append(IntStream.range(1, 30).toArray());
        return context;
    }

    private static PlanSpec plan(int max, int[] stopIds, List<String> stopStrings, Matcher... matchers) {
        return new PlanSpec(SamplerChain.ARGMAX, max, stopIds, stopStrings, null, OptionalLong.empty(), List.of())
                .withConstraints(List.of(matchers));
    }

    private String text(int[] tokens) {
        return engine.model().tokenizer().decode(tokens, false);
    }

    @Test
    void keepsToTheGrammarAndEndsWhereNothingButAStopIsLeft() {
        Matcher matcher = regex("[ab]{3}m[x-z]{2}");
        GenerationStep all = context()
                .generate(plan(40, stops, List.of(), matcher))
                .collect()
                .join();
        assertThat(text(all.tokens())).matches("[ab]{3}m[x-z]{2}");
        assertThat(all.finish()).isEqualTo(FinishReason.CONSTRAINT);
        assertThat(matcher.length()).as("the program's own matcher stays").isZero();
    }

    @Test
    void stepsEqualACollectedRunAndEndByAStepWithoutTokens() {
        Matcher matcher = regex("[a-z]{12}");
        int[] all = context()
                .generate(plan(40, stops, List.of(), matcher))
                .collect()
                .join()
                .tokens();
        Generation steps = context().generate(plan(40, stops, List.of(), matcher));
        List<Integer> tokens = new ArrayList<>();
        GenerationStep step = steps.step(StepSpec.PLAIN).join();
        for (; step.finish() == null; step = steps.step(StepSpec.PLAIN).join()) {
            Arrays.stream(step.tokens()).forEach(tokens::add);
        }
        assertThat(step.tokens()).isEmpty();
        assertThat(step.finish()).isEqualTo(FinishReason.CONSTRAINT);
        assertThat(tokens).containsExactly(Arrays.stream(all).boxed().toArray(Integer[]::new));
    }

    @Test
    void intersectsSeveralGrammarsAndTheFixedMask() {
        PlanSpec both = plan(40, stops, List.of(), regex("[a-m]{8}"), regex("[h-z]*"));
        int[] tokens = context().generate(both).collect().join().tokens();
        assertThat(text(tokens)).matches("[h-m]{8}");
        assertThatThrownBy(() -> context()
                        .generate(plan(40, stops, List.of(), regex("[a-c]{2}"), regex("[x-z]{2}")))
                        .collect()
                        .join())
                .hasCauseInstanceOf(PieException.class)
                .cause()
                .satisfies(e -> assertThat(((PieException) e).code()).isEqualTo(ErrorCode.GRAMMAR_VIOLATION));
    }

    @Test
    void goesOnWithGuestTokensAndRefusesThoseTheGrammarDoesNotTake() {
        int[] abc = engine.model().tokenizer().encode("abmx", false);
        int[] wrong = engine.model().tokenizer().encode("bma", false);
        Generation generation = context().generate(plan(40, stops, List.of(), regex("[ab]{2}m[x-z]{3}")));
        assertThatThrownBy(() -> generation.accept(wrong).join())
                .cause()
                .satisfies(e -> assertThat(((PieException) e).code()).isEqualTo(ErrorCode.GRAMMAR_VIOLATION));
        assertThat(generation.accept(abc).join()).isEqualTo(abc);
        assertThat(text(abc) + text(generation.collect().join().tokens())).matches("abmx[x-z]{2}");
    }

    @Test
    void aMatcherNamedTwiceIsFollowedOnce() {
        Matcher matcher = regex("[a-f]{6}");
        Generation generation = context().generate(plan(40, stops, List.of(), matcher, matcher));
        String text = text(generation.step(StepSpec.PLAIN).join().tokens());
        generation.change(plan(40, stops, List.of(), matcher, matcher));
        text += text(generation.collect().join().tokens());
        assertThat(text).matches("[a-f]{6}");
    }

    @Test
    void keepsItsPlaceWhenThePlanChanges() {
        Matcher matcher = regex("[a-f]{6}[p-z]{6}");
        Generation generation = context().generate(plan(40, stops, List.of(), matcher));
        List<Integer> tokens = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Arrays.stream(generation.step(StepSpec.PLAIN).join().tokens()).forEach(tokens::add);
        }
        generation.change(plan(40, stops, List.of(), matcher, regex("[a-fp-s]+")));
        Arrays.stream(generation.collect().join().tokens()).forEach(tokens::add);
        assertThat(text(tokens.stream().mapToInt(Integer::intValue).toArray())).matches("[a-f]{6}[p-s]{6}");
    }

    @Test
    void stopsAtStringsAndLimitsInsideTheGrammar() {
        GenerationStep limited = context()
                .generate(plan(5, stops, List.of(), regex("[a-z]*")))
                .collect()
                .join();
        assertThat(limited.finish()).isEqualTo(FinishReason.LENGTH);
        assertThat(limited.tokens()).hasSize(5);
        GenerationStep stopped = context()
                .generate(plan(40, stops, List.of("b"), regex("a{1,4}b[x-z]{9}")))
                .collect()
                .join();
        assertThat(stopped.finish()).isEqualTo(FinishReason.STOP_STRING);
        assertThat(text(stopped.tokens())).matches("a{1,4}");
    }

    @Test
    void endsAtOnceWhenCancelledOrClosed() {
        for (int round = 0; round < 20; round++) {
            ContextHandle context = context();
            Generation generation =
                    context.generate(plan(200, stops, List.of(), regex("[a-z]{" + (150 + round) + "}")));
            CompletableFuture<GenerationStep> run = generation.collect();
            if (round % 2 == 0) {
                run.cancel(true);
            } else {
                generation.close();
            }
            Generation next = context.generate(plan(3, stops, List.of(), regex("[x-z]{3}")));
            assertThat(text(next.collect().join().tokens())).matches("[x-z]{3}");
        }
    }

    private static final GrammarSource FIXED =
            new GrammarSource.Ebnf("root ::= <[5]> <[6]> (\"ab\" | \"xz\") <[7]> <[8]> <[9]>");

    @Test
    void tokensWithoutAChoiceNeedNoStep() {
        ContextHandle context = context();
        context.execute(PassSpec.FLUSH).join();
        long before = engine.stats().steps();
        GenerationStep end = context.generate(plan(50, stops, List.of(), matcher(FIXED)))
                .collect()
                .join();
        assertThat(end.finish()).isEqualTo(FinishReason.CONSTRAINT);
        assertThat(end.tokens()).hasSize(7).startsWith(5, 6).endsWith(7, 8, 9);
        assertThat(text(Arrays.copyOfRange(end.tokens(), 2, 4))).isIn("ab", "xz");
        assertThat(engine.stats().steps() - before).as("steps for two letters").isEqualTo(2);
        assertThat(context.tokens()).endsWith(end.tokens());
        context.execute(PassSpec.FLUSH).join();
        assertThat(context.written()).isEqualTo(29 + 7);
    }

    @Test
    void stepsGiveForcedTokensOneByOneAndTheSameOnes() {
        int[] collected = context()
                .generate(plan(50, stops, List.of(), matcher(FIXED)))
                .collect()
                .join()
                .tokens();
        Generation generation = context().generate(plan(50, stops, List.of(), matcher(FIXED)));
        List<Integer> seen = new ArrayList<>();
        GenerationStep step = generation.step(StepSpec.PLAIN).join();
        while (step.finish() == null) {
            assertThat(step.tokens()).hasSize(1);
            seen.add(step.tokens()[0]);
            assertThat(generation.tokensGenerated()).isEqualTo(seen.size());
            step = generation.step(StepSpec.PLAIN).join();
        }
        assertThat(step.finish()).isEqualTo(FinishReason.CONSTRAINT);
        assertThat(seen.stream().mapToInt(i -> i))
                .containsExactly(Arrays.stream(collected).boxed().toArray(Integer[]::new));
    }

    @Test
    void aForcedRunKeepsTheTokenLimitAndTheBudget() {
        GrammarSource source = new GrammarSource.Ebnf(
                "root ::= <[11]> <[12]> <[13]> <[14]> <[15]> <[16]> <[17]> <[18]> <[19]> <[20]>");
        GenerationStep cut = context()
                .generate(plan(4, stops, List.of(), matcher(source)))
                .collect()
                .join();
        assertThat(cut.tokens()).containsExactly(11, 12, 13, 14);
        assertThat(cut.finish()).isEqualTo(FinishReason.LENGTH);
        ProcessId poor = audit.process(engine, new Budget(OptionalLong.of(3), Optional.empty(), Optional.empty()), 7);
        ContextHandle context = engine.createContext(poor, true);
        context.append(new int[] {1});
        assertThatThrownBy(() -> context.generate(plan(50, stops, List.of(), matcher(source)))
                        .collect()
                        .join())
                .cause()
                .isInstanceOfSatisfying(PieException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.BUDGET_EXHAUSTED);
                    assertThat((int[]) e.details().get("tokens")).containsExactly(11, 12, 13);
                });
        assertThat(context.tokens()).containsExactly(1, 11, 12, 13);
    }

    @Test
    void aLongForcedRunIsOnePieceOfWork() {
        String many = "<[7]> ".repeat(1500);
        GenerationStep end = context()
                .generate(plan(2000, stops, List.of(), matcher(new GrammarSource.Ebnf("root ::= " + many))))
                .collect()
                .join();
        assertThat(end.tokens().length).isGreaterThan(200);
    }

    @Test
    void aProgramsOwnMaskOfAStepIsHonouredBesideTheGrammar() {
        Generation generation = context().generate(plan(40, stops, List.of(), regex("[a-m]{8}")));
        StringBuilder seen = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            long[] own = new long[(engine.capabilities().vocabSize() + 63) / 64];
            for (int id = 0; id < engine.capabilities().vocabSize(); id++) {
                boolean wanted = (id % 26) % 2 == i % 2;
                own[id >> 6] |= wanted ? 1L << id : 0;
            }
            seen.append(text(
                    generation.step(StepSpec.PLAIN.withLogitMask(own)).join().tokens()));
        }
        assertThat(seen.toString()).matches("([acegikm][bdfhjl]){4}");
        assertThatThrownBy(() -> generation.step(StepSpec.PLAIN.withLogitMask(new long[1])))
                .isInstanceOf(PieException.class)
                .hasMessageContaining("64 bits");
    }
}
