package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import pie.engine.ContextHandle;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.generate.PassSpec;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.process.InferletProcess;
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessState;
import pie.engine.testing.LeakAudit;
import tools.jackson.databind.JsonNode;

/** A real engine does a known amount of work between two looks, and the clock says how long that took. */
@Timeout(120)
class SamplerTest {
    private static final long SECOND = 1_000_000_000L;

    @RegisterExtension
    final LeakAudit audit = new LeakAudit();

    private final Engine engine = audit.engine(256, 8, 64);
    private final List<InferletProcess> live = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong(1000 * SECOND);
    private final Sampler sampler = new Sampler(clock::get, List.of(engine::figures), () -> live);

    private StandIn program() {
        var program = new StandIn(engine, audit.process(engine));
        live.add(program);
        return program;
    }

    private ContextHandle context(StandIn program, int seed, int tokens) {
        ContextHandle context = engine.createContext(program.id(), false);
        context.append(IntStream.range(0, tokens).map(i -> (seed + 7 * i) % 300).toArray());
        return context;
    }

    private static PlanSpec plan(int tokens) {
        return new PlanSpec(SamplerChain.ARGMAX, tokens, new int[0], List.of(), null, OptionalLong.empty(), List.of());
    }

    private void tick(double seconds) {
        clock.addAndGet((long) (seconds * SECOND));
        sampler.sample();
    }

    @Test
    void ratesAreWhatWasDone() {
        StandIn big = program();
        StandIn small = program();
        tick(0);
        context(big, 1, 24).execute(PassSpec.FLUSH).join();
        context(big, 2, 40).generate(plan(51)).collect().join();
        context(small, 3, 16).generate(plan(21)).collect().join();
        tick(2);
        sampler.look(view -> {
            ModelTrack model = view.model(0);
            assertThat(model.prefillRate(5)).isEqualTo((24 + 40 + 16) / 2.0);
            assertThat(model.decodeRate(5)).isEqualTo((50 + 20) / 2.0);
            assertThat(model.rows(5)).isEqualTo(24 + 40 + 16 + 50 + 20);
            assertThat(view.tokenRate(big.id())).isEqualTo((24 + 40 + 51) / 2.0);
            assertThat(view.tokenRate(small.id())).isEqualTo((16 + 21) / 2.0);
            assertThat(view.share(big.id())).isCloseTo(114 / 150.0, within(1e-9));
            assertThat(view.share(big.id()) + view.share(small.id())).isCloseTo(1, within(1e-9));
            assertThat(model.tokenMillis(10)).isPresent();
            assertThat(model.peakRows(System.nanoTime())).isEqualTo(40);
            return true;
        });
    }

    @Test
    void whatIsDoneBeforeTheFirstSampleCounts() {
        StandIn program = program();
        context(program, 1, 16).generate(plan(21)).collect().join();
        tick(2);
        sampler.look(view -> {
            assertThat(view.model(0).decodeRate(5)).isEqualTo(20 / 2.0);
            assertThat(view.model(0).prefillRate(5)).isEqualTo(16 / 2.0);
            assertThat(view.history(0).json(60).path("decode_tok_s"))
                    .extracting(JsonNode::asDouble)
                    .containsExactly(10.0);
            return true;
        });
    }

    @Test
    void ratesGoBackToNothing() {
        StandIn program = program();
        tick(0);
        context(program, 1, 16).generate(plan(11)).collect().join();
        for (int i = 0; i < 8; i++) {
            tick(1);
        }
        sampler.look(view -> {
            assertThat(view.model(0).decodeRate(5)).isZero();
            assertThat(view.model(0).utilisation(1)).isZero();
            assertThat(view.tokenRate(program.id())).isZero();
            assertThat(view.share(program.id())).isZero();
            assertThat(view.tokenMillis(0)).as("tokens of the last ten seconds").isPositive();
            return true;
        });
    }

    @Test
    void aPrefixThatIsThereCountsAsHit() {
        StandIn program = program();
        int[] tokens = IntStream.range(0, 33).toArray();
        tick(0);
        for (int i = 0; i < 2; i++) {
            ContextHandle context = engine.createContext(program.id(), true);
            context.append(tokens);
            context.execute(PassSpec.FLUSH).join();
        }
        tick(1);
        sampler.look(view -> {
            // the second computes one row, which counts as decoded: a work of one row
            assertThat(view.model(0).hitRatio(60)).hasValue(32.0 / (32 + 33));
            assertThat(view.model(0).cachedRate(5)).isEqualTo(32);
            return true;
        });
    }

    @Test
    void firstTokensAreCountedOnceEach() {
        List<StandIn> programs = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            StandIn program = program();
            program.firstToken = OptionalLong.of(i * 10_000_000L);
            programs.add(program);
        }
        tick(1);
        tick(1);
        StandIn quick = new StandIn(engine, audit.process(engine)); // comes and goes between two looks
        quick.firstToken = OptionalLong.of(50_000_000L);
        sampler.ended(quick, ProcessState.COMPLETED, "");
        live.remove(programs.getFirst());
        sampler.ended(programs.getFirst(), ProcessState.FAILED, ErrorCode.GUEST_ERROR.name());
        tick(1);
        sampler.look(view -> {
            assertThat(view.firstTokens()).containsExactly(10, 20, 30, 40, 50);
            assertThat(view.ended(ProcessState.COMPLETED)).isOne();
            assertThat(view.ended(ProcessState.FAILED)).isOne();
            assertThat(view.errors()).containsEntry("GUEST_ERROR", 1L);
            assertThat(view.endedRate()).as("two in three seconds").isCloseTo(2 / 3.0, within(1e-9));
            return true;
        });
        tick(61);
        assertThat(sampler.look(Sampler.View::firstTokens)).isEmpty();
    }

    @Test
    void historyKeepsASecondEach() {
        StandIn program = program();
        tick(0);
        for (int i = 1; i <= 3; i++) {
            context(program, i, 16).generate(plan(10 * i + 1)).collect().join();
            tick(1);
        }
        sampler.look(view -> {
            var decode = view.history(0).json(600).get("decode_tok_s");
            assertThat(decode).hasSize(4);
            assertThat(decode.get(1).asDouble()).isEqualTo(10);
            assertThat(decode.get(2).asDouble()).isEqualTo(20);
            assertThat(decode.get(3).asDouble()).isEqualTo(30);
            assertThat(view.history(0).json(2).get("running").get(1).asDouble()).isEqualTo(1);
            assertThat(view.history(0).json(2).get("ttft_p95_ms").get(1).isNull())
                    .as("no first token is known")
                    .isTrue();
            return true;
        });
    }

    @Test
    void allOfTheBatchIsSomebodys() {
        List<CompletableFuture<?>> runs = new ArrayList<>();
        List<ProcessId> ids = new ArrayList<>();
        tick(0);
        for (int i = 0; i < 10; i++) {
            StandIn program = program();
            ids.add(program.id());
            runs.add(context(program, i, 8 + i).generate(plan(20)).collect());
        }
        runs.forEach(CompletableFuture::join);
        tick(1);
        sampler.look(
                view -> assertThat(ids.stream().mapToDouble(view::share).sum()).isCloseTo(1, within(1e-9)));
        assertThat(Set.copyOf(ids)).hasSize(10);
    }
}
