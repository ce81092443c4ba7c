package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pie.engine.process.InferletProcess;

/** What a process waits for can be seen from outside. */
final class WaitTest {
    private static final String PYTHON = """
            import asyncio
            from inferlet import session, timers
            async def main():
                await session.receive()
                await asyncio.wait_for(session.receive(), 600)
                await timers.sleep(600)
            """;
    private static final String JAVASCRIPT = """
            import { session, timers } from 'inferlet';
            export async function main() {
              await session.receive();
              await session.receive({ timeout: 600000 });
              await timers.sleep(600000);
            }
            """;
    private static final String JAVA = """
            import java.time.Duration;
            import pie.inferlet.*;
            void main() {
                Session.receive();
                Session.receiveAsync().join();
                Timers.sleep(Duration.ofMinutes(10));
            }
            """;

    private static final TestRuntime T =
            new TestRuntime("dummy", TestRuntime.config(Language.PYTHON, Language.JAVASCRIPT, Language.JAVA));

    static Stream<Arguments> programs() {
        return Stream.of(
                Arguments.of(Language.PYTHON, PYTHON),
                Arguments.of(Language.JAVASCRIPT, JAVASCRIPT),
                Arguments.of(Language.JAVA, JAVA));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void itIsAMessageOrATimer(Language language, String program) throws Exception {
        InferletProcess process = T.launch(language, program, "{}");
        for (String wanted : List.of("message", "message", "timer")) {
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(process.waitingFor()).isEqualTo(wanted));
            process.deliver("go on");
        }
        process.interrupt("owner");
        process.outcome().get();
        T.audit();
    }

    /** A Java program joins futures of any kind: its time goes to what is under way, the engine before a client before a clock. */
    @Test
    void ofFuturesItIsTheFirstThatIsUnderWay() throws Exception {
        InferletProcess process = T.launch(Language.JAVA, """
                import java.time.Duration;
                import java.util.concurrent.CompletableFuture;
                import pie.inferlet.*;
                void main() {
                    var sleep = Timers.sleepAsync(Duration.ofMinutes(10));
                    var message = Session.receiveAsync().thenApply(String::length);
                    Context ctx = new Context(Model.first());
                    ctx.user("Name a colour.");
                    var options = GenerateOptions.of().maxTokens(200).stop(new int[0]);
                    ctx.generate(Sampler.argmax(), options).collectTextAsync().thenApply(String::length).join();
                    ctx.appendText("And another one.");
                    ctx.flushAsync().join();
                    Session.send("generated");
                    CompletableFuture.allOf(sleep, message).join();
                }
                """, "{}");
        for (String wanted : List.of("message", "timer")) {
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(process.waitingFor()).isEqualTo(wanted));
            process.deliver("go on");
        }
        process.interrupt("owner");
        process.outcome().get();
        assertThat(process.waits().get("forward")).isPositive();
        assertThat(process.waits()).doesNotContainKey("host");
        T.audit();
    }

    @AfterAll
    static void stop() {
        T.close();
    }
}
