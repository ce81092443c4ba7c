package pie.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.runtime.Language;
import pie.runtime.LaunchRequest;
import pie.runtime.ProgramSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Let many programs of all languages share batches, and check that none can tell. */
class SharedBatchTest {
    private static final String PYTHON = """
            from inferlet import Context, Model, Sampler, runtime

            async def main(input):
                ctx = Context(Model.load(runtime.models()[0]))
                ctx.append(input["ids"])
                g = ctx.generate(Sampler.argmax(), max_tokens=input["n"], auto_flush=False, stop=[])
                return list(await g.collect_tokens())
            """;
    private static final String JS = """
            import { Context, Model, Sampler, runtime } from 'inferlet';

            export async function main(input) {
              const ctx = new Context(Model.load(runtime.models()[0]));
              ctx.append(input.ids);
              const g = ctx.generate(Sampler.argmax(), { maxTokens: input.n, autoFlush: false, stop: [] });
              return Array.from(await g.collectTokens());
            }
            """;
    private static final String JAVA = """
            import pie.inferlet.*;

            record Input(int[] ids, int n) {}

            int[] main(Input input) {
                var ctx = new Context(Model.load(PieRuntime.models().getFirst()));
                ctx.append(input.ids());
                return ctx.generate(Sampler.argmax(), GenerateOptions.of().maxTokens(input.n()).autoFlush(false).stop(new int[0]))
                        .collectTokens();
            }
            """;
    private static final Map<Language, ProgramSource> PROGRAMS = new LinkedHashMap<>();

    static {
        PROGRAMS.put(Language.PYTHON, ProgramSource.of(Language.PYTHON, "greedy.py", PYTHON));
        PROGRAMS.put(Language.JAVASCRIPT, ProgramSource.of(Language.JAVASCRIPT, "greedy.js", JS));
        PROGRAMS.put(Language.JAVA, ProgramSource.of(Language.JAVA, "Greedy.java", JAVA));
    }

    private static String tokens(InferletProcess process) throws Exception {
        Outcome outcome = process.outcome().get(240, TimeUnit.SECONDS);
        assertThat(outcome).isInstanceOf(Outcome.Completed.class);
        return JsonMapper.shared()
                .readTree(((Outcome.Completed) outcome).value())
                .toString();
    }

    @Test
    void greedy_tokens_equal_the_reference_in_every_language_alone_and_in_a_batch_of_32() throws Exception {
        JsonNode reference;
        try (var in = SharedBatchTest.class.getResourceAsStream("/reference-smollm2-135m-instruct.json")) {
            reference = JsonMapper.shared().readTree(in);
        }
        try (Stack stack = Stack.open(EnumSet.of(Language.PYTHON, Language.JAVASCRIPT, Language.JAVA))) {
            var runtime = stack.instance().runtime();
            var inputs = new ArrayList<String>();
            var alone = new ArrayList<String>();
            int item = 0;
            for (JsonNode one : reference.get("items")) {
                inputs.add("{\"ids\": " + one.get("prompt_ids") + ", \"n\": 32}");
                ProgramSource program = List.copyOf(PROGRAMS.values()).get(item++ % PROGRAMS.size());
                alone.add(tokens(runtime.launch(LaunchRequest.of(program, inputs.getLast()))));
                assertAgrees(alone.getLast(), one);
            }
            for (ProgramSource program : PROGRAMS.values()) {
                assertThat(tokens(runtime.launch(LaunchRequest.of(program, inputs.getFirst()))))
                        .isEqualTo(alone.getFirst());
            }
            var together = new ArrayList<InferletProcess>();
            for (int i = 0; i < 32; i++) {
                ProgramSource program = List.copyOf(PROGRAMS.values()).get(i % PROGRAMS.size());
                together.add(runtime.launch(LaunchRequest.of(program, inputs.get(i % inputs.size()))));
            }
            for (int i = 0; i < 32; i++) {
                assertThat(tokens(together.get(i))).as("process " + i).isEqualTo(alone.get(i % alone.size()));
            }
            Awaitility.await().until(() -> stack.engine().stats().contexts() == 0);
            var stats = stack.engine().stats();
            assertThat(stats.pagesFree() + stats.pagesRetained()).isGreaterThanOrEqualTo(stats.pagesTotal() - 64);
            assertThat(stats.pagesWorking() + stats.pagesCommitted()).isZero();
        }
    }

    /** Tokens equal those of the independent implementation, up to a step at which its first two choices are all but equal. */
    private static void assertAgrees(String got, JsonNode item) {
        JsonNode tokens = JsonMapper.shared().readTree(got);
        for (int i = 0; i < 32; i++) {
            if (tokens.get(i).asInt() != item.get("greedy_ids").get(i).asInt()) {
                assertThat(item.get("top1_top2_gap").get(i).asDouble())
                        .as(item.get("prompt") + " differs at " + i)
                        .isLessThan(0.05);
                return;
            }
        }
    }
}
