package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bid, and read the market, in every language: each program returns true for every claim. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SchedulingTest {
    private static final String PYTHON = """
            from inferlet import *
            from inferlet import runtime, scheduling
            async def main():
                model = Model.load(runtime.models()[0])
                c = Context(model).append_text("The quick brown fox")
                async def bid():
                    c.append([5])
                    await c.flush()
                    return scheduling.explain()["contexts"][0]["bid"]
                standard = await bid()
                claims = [0 < standard < 0.2]
                c.set_bid(0.25)
                claims += [await bid() == 0.25, await bid() < 0.2]
                c.set_bid(0.5, hold=True)
                claims += [await bid() == 0.5, await bid() == 0.5]
                with c.idle():
                    claims += [await bid() == 0]
                claims += [await bid() == 0.5]
                c.set_bid(None)
                claims += [await bid() < 0.2]
                for wrong in (-1, float("nan"), 1e7):
                    try:
                        c.set_bid(wrong)
                        claims += ["no error"]
                    except InvalidArgumentError:
                        pass
                e = scheduling.explain()
                claims += [e["balance"] == scheduling.balance(model) > 0, scheduling.rent(c) == 0, scheduling.price() == 1,
                    scheduling.dividend(model) == 0, scheduling.latency(c) > 0, e["id"] == runtime.instance_id(),
                    e["contexts"][0]["pages"]["held"] >= 1, e["market"] == [], runtime.stats().make_cost >= 1]
                text = await c.generate(Sampler.argmax(), max_tokens=4, horizon=9, rebid_each_step=False).collect_tokens()
                return claims + [len(text) == 4]
            """;
    private static final String JAVASCRIPT = """
            import { Context, Model, Sampler, InvalidArgumentError, runtime, scheduling } from 'inferlet';
            export default async function () {
              const model = Model.load(runtime.models()[0]);
              const c = new Context(model).appendText('The quick brown fox');
              const bid = async () => { c.append([5]); await c.flush(); return scheduling.explain().contexts[0].bid; };
              const standard = await bid();
              const claims = [0 < standard && standard < 0.2];
              c.setBid(0.25);
              claims.push(await bid() === 0.25, await bid() < 0.2);
              c.setBid(0.5, { hold: true });
              claims.push(await bid() === 0.5, await bid() === 0.5);
              const scope = c.idle();
              claims.push(await bid() === 0);
              scope.close(); scope.close();
              claims.push(await bid() === 0.5);
              c.setBid();
              claims.push(await bid() < 0.2);
              for (const wrong of [-1, NaN, 1e7]) {
                try { c.setBid(wrong); claims.push('no error'); } catch (e) { if (!(e instanceof InvalidArgumentError)) throw e; }
              }
              const e = scheduling.explain();
              claims.push(e.balance === scheduling.balance(model) && e.balance > 0, scheduling.rent(c) === 0, scheduling.price() === 1,
                scheduling.dividend(model) === 0, scheduling.latency(c) > 0, e.id === runtime.instanceId(),
                e.contexts[0].pages.held >= 1, e.market.length === 0, runtime.stats().makeCost >= 1);
              const text = await c.generate(Sampler.argmax(), { maxTokens: 4, horizon: 9, rebidEachStep: false }).collectTokens();
              return [...claims, text.length === 4];
            }
            """;
    private static final String JAVA = """
            import pie.engine.PieException;
            import pie.inferlet.*;

            @SuppressWarnings("unchecked")
            double bid(Context c) {
                c.append(new int[] {5});
                c.flush();
                var contexts = (List<Map<String, Object>>) Scheduling.explain().get("contexts");
                return (Double) contexts.getFirst().get("bid");
            }

            List<Boolean> main(Map<String, Object> input) {
                var model = Model.load(PieRuntime.models().getFirst());
                var c = new Context(model);
                c.appendText("The quick brown fox");
                var claims = new ArrayList<Boolean>();
                double standard = bid(c);
                claims.add(0 < standard && standard < 0.2);
                c.setBid(0.25);
                claims.add(bid(c) == 0.25);
                claims.add(bid(c) < 0.2);
                c.setBid(0.5, true);
                claims.add(bid(c) == 0.5);
                claims.add(bid(c) == 0.5);
                try (IdleScope idle = c.idle()) {
                    claims.add(bid(c) == 0);
                }
                claims.add(bid(c) == 0.5);
                c.clearBid();
                claims.add(bid(c) < 0.2);
                for (double wrong : new double[] {-1, Double.NaN, 1e7}) {
                    try {
                        c.setBid(wrong);
                        claims.add(false);
                    } catch (PieException e) {
                        claims.add(e.code() == pie.engine.ErrorCode.INVALID_ARGUMENT);
                    }
                }
                claims.add(Scheduling.balance(model) > 0);
                claims.add(Scheduling.rent(c) == 0 && Scheduling.price() == 1 && Scheduling.dividend(model) == 0);
                claims.add(Scheduling.latency(c) > 0);
                claims.add(PieRuntime.stats().makeCost() >= 1);
                var options = GenerateOptions.of().maxTokens(4).horizon(9).rebidEachStep(false);
                claims.add(c.generate(Sampler.argmax(), options).collectTokens().length == 4);
                return claims;
            }
            """;

    private final TestRuntime t =
            new TestRuntime("dummy", TestRuntime.config(Language.PYTHON, Language.JAVASCRIPT, Language.JAVA));

    static Stream<Arguments> programs() {
        return Stream.of(
                Arguments.of(Language.PYTHON, PYTHON),
                Arguments.of(Language.JAVASCRIPT, JAVASCRIPT),
                Arguments.of(Language.JAVA, JAVA));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void bidsLastAsLongAsTheySayAndTheMarketCanBeRead(Language language, String program) throws Exception {
        assertThat(t.value(language, program, "{}")).matches("\\[true(, ?true|,true)*]");
    }

    @AfterEach
    void leavesNothing() {
        t.audit();
    }

    @AfterAll
    void stop() {
        t.close();
    }
}
