package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import pie.engine.generate.FinishReason;
import pie.engine.generate.Generation;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.generate.StepSpec;
import pie.engine.process.ProcessId;
import pie.engine.testing.LeakAudit;

/** Check tokens in a step that a program's own drafter expects. */
@Timeout(60)
class ProgramDraftsTest {
    @RegisterExtension
    final LeakAudit audit = new LeakAudit();

    private final Engine engine = audit.engine(256, 8, 64);
    private final ProcessId process = audit.process(engine);

    private static PlanSpec plan(int max, int[] stops, List<String> stopStrings) {
        return new PlanSpec(SamplerChain.ARGMAX, max, stops, stopStrings, null, OptionalLong.empty(), List.of());
    }

    private Generation generation(PlanSpec plan) {
        ContextHandle context = engine.createContext(process, true);
        context.append(IntStream.range(1, 30).toArray());
        return context.generate(plan);
    }

    private int[] plain(int n) {
        return generation(plan(n, new int[0], List.of())).collect().join().tokens();
    }

    /** Run to the end with drafts of what comes, but for every third of them; returns the steps. */
    private static List<GenerationStep> run(Generation generation, int[] known, int drafts) {
        var steps = new ArrayList<GenerationStep>();
        int kept = 0;
        while (generation.finishReason() == null) {
            int[] guess =
                    Arrays.copyOfRange(known, Math.min(kept, known.length), Math.min(kept + drafts, known.length));
            for (int i = 0; i < guess.length; i++) {
                guess[i] = (kept + i) % 3 == 2 ? 0 : guess[i];
            }
            GenerationStep step = generation
                    .step(StepSpec.PLAIN.withDrafts(guess, Collections.nCopies(guess.length, null)))
                    .join();
            steps.add(step);
            kept += step.run().length;
        }
        return steps;
    }

    private static int[] tokens(List<GenerationStep> steps) {
        return steps.stream().flatMapToInt(step -> Arrays.stream(step.tokens())).toArray();
    }

    @Test
    void changeTheStepsAndNotTheTokens() {
        int[] known = plain(40);
        List<GenerationStep> steps = run(generation(plan(40, new int[0], List.of())), known, 20);
        assertThat(tokens(steps)).containsExactly(known);
        assertThat(steps.size()).isLessThan(30);
        assertThat(steps).anyMatch(step -> step.run().length == 3);
    }

    @Test
    void areTakenBesideOtherGenerations() {
        int[] known = plain(40);
        CompletableFuture<GenerationStep> beside =
                generation(plan(300, new int[0], List.of())).collect();
        List<GenerationStep> steps = run(generation(plan(40, new int[0], List.of())), known, 4);
        assertThat(tokens(steps)).containsExactly(known);
        assertThat(steps.size()).isLessThan(36);
        assertThat(beside.join().tokens()).startsWith(known);
    }

    @Test
    void endAtAStopTokenAmongThemAndAtAStopString() {
        int[] known = plain(40);
        int stop = known[13];
        int first = (int) Arrays.stream(known).takeWhile(token -> token != stop).count();
        List<GenerationStep> steps = run(generation(plan(40, new int[] {stop}, List.of())), known, 8);
        assertThat(tokens(steps)).containsExactly(Arrays.copyOf(known, first));
        assertThat(steps.getLast().finish()).isEqualTo(FinishReason.STOP);
        assertThat(steps.getLast().tokens()).isEmpty();

        String text = engine.model().tokenizer().decode(known, false);
        String mark = text.substring(text.length() / 2, text.length() / 2 + 6);
        PlanSpec marked = plan(40, new int[0], List.of(mark));
        int[] collected = generation(marked).collect().join().tokens();
        steps = run(generation(marked), known, 8);
        assertThat(tokens(steps)).containsExactly(collected);
        assertThat(steps.getLast().finish()).isEqualTo(FinishReason.STOP_STRING);
    }

    @Test
    void followMasksOfTheirOwn() {
        long[] even = new long[(engine.capabilities().vocabSize() + 63) / 64];
        Arrays.fill(even, 0x5555555555555555L);
        long[] odd = new long[even.length];
        Arrays.fill(odd, 0xAAAAAAAAAAAAAAAAL);
        Generation one = generation(plan(9, new int[0], List.of()));
        var known = new ArrayList<Integer>();
        for (int i = 0; i < 9; i++) {
            long[] mask = i % 2 == 0 ? even : odd;
            known.add(one.step(StepSpec.PLAIN.withLogitMask(mask)).join().tokens()[0]);
        }
        Generation two = generation(plan(9, new int[0], List.of()));
        var tokens = new ArrayList<Integer>();
        int steps = 0;
        while (two.finishReason() == null) {
            int n = tokens.size();
            int[] drafts =
                    known.subList(n, 9).stream().mapToInt(Integer::intValue).toArray();
            var masks = new ArrayList<long[]>();
            for (int i = 1; i <= drafts.length; i++) {
                masks.add((n + i) % 2 == 0 ? even : odd);
            }
            StepSpec spec =
                    StepSpec.PLAIN.withLogitMask(n % 2 == 0 ? even : odd).withDrafts(drafts, masks);
            Arrays.stream(two.step(spec).join().tokens()).forEach(tokens::add);
            steps++;
        }
        assertThat(tokens).isEqualTo(known);
        assertThat(steps).isLessThan(6);
    }

    @Test
    void anOwnConstraintEndsTheGeneration() {
        Generation over = generation(plan(9, new int[0], List.of()));
        GenerationStep end = over.step(StepSpec.PLAIN.ending()).join();
        assertThat(end.finish()).isEqualTo(FinishReason.CONSTRAINT);
        assertThat(end.tokens()).isEmpty();
        long[] none = new long[(engine.capabilities().vocabSize() + 63) / 64];
        long[] stop = none.clone();
        stop[0] = 1L << 7;
        Generation stops = generation(plan(9, new int[] {7}, List.of()));
        assertThat(stops.step(StepSpec.PLAIN.withLogitMask(stop)).join().finish())
                .isEqualTo(FinishReason.CONSTRAINT);
        Generation stuck = generation(plan(9, new int[] {7}, List.of()));
        assertThatThrownBy(() -> stuck.step(StepSpec.PLAIN.withLogitMask(none)).join())
                .cause()
                .isInstanceOfSatisfying(
                        PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.GRAMMAR_VIOLATION));
    }
}
