package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ask for what the operator has not allowed, though the program may ask everybody. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class WebPolicyTest {
    private static final String CODE = """
            import { mcp, session } from 'inferlet';
            const code = async (f) => { try { await f(); return 'none'; } catch (e) { return e.code ?? `${e}`; } };
            export async function main({ urls = [], server }) {
              if (server) {
                await session.receive();
                const s = await mcp.connectAsync(server);
                return JSON.parse(await s.callToolAsync('add', { a: 1, b: 2 })).content[0].text + await code(() => s.callTool('nope'));
              }
              const told = [];
              for (const url of urls) told.push(await code(async () => (await fetch(url)).text()));
              return told.join(' ');
            }
            """;

    private TestWeb web;

    @BeforeAll
    void start() throws IOException {
        web = new TestWeb();
    }

    @AfterAll
    void stop() {
        web.close();
    }

    private TestRuntime runtime(String... privateHosts) {
        return new TestRuntime(
                "dummy",
                TestRuntime.config(Language.JAVASCRIPT)
                        .withPolicy(
                                GuestPolicy.DEFAULT.withCaps(Permissions.ALL).withPrivateHosts(List.of(privateHosts))));
    }

    private static InferletProcess launch(TestRuntime t, Map<String, Object> input) {
        return t.runtime.launch(LaunchRequest.of(
                        ProgramSource.of(Language.JAVASCRIPT, "index.js", CODE),
                        JsonMapper.shared().writeValueAsString(input))
                .permitted(Permissions.DEFAULT.withNetwork(NetworkRule.ANY)));
    }

    private static String told(InferletProcess process) throws Exception {
        Outcome outcome = process.outcome().get(120, TimeUnit.SECONDS);
        assertThat(outcome).isInstanceOf(Outcome.Completed.class);
        return ((Outcome.Completed) outcome).value();
    }

    @Test
    void privateAddressesAreRefusedWhateverTheirSpelling() throws Exception {
        try (TestRuntime t = runtime()) {
            String port = web.address().substring(web.address().indexOf(':'));
            List<String> urls = List.of(
                    web.url() + "/hello",
                    "http://localhost" + port + "/hello",
                    "http://[::1]" + port + "/",
                    "http://[::ffff:127.0.0.1]" + port + "/",
                    "http://169.254.169.254/latest/meta-data");
            assertThat(told(launch(t, Map.of("urls", urls))).split(" "))
                    .hasSize(5)
                    .containsOnly("PERMISSION_DENIED");
        }
    }

    @Test
    void soAreThoseThatARedirectLeadsTo() throws Exception {
        try (TestRuntime t = runtime("127.0.0.1")) {
            String told = told(launch(
                    t, Map.of("urls", List.of(web.url() + "/hello", web.url() + "/inside", web.url() + "/metadata"))));
            assertThat(told).isEqualTo("none PERMISSION_DENIED PERMISSION_DENIED");
        }
    }

    @Test
    void aPortThatIsAllowedAllowsNoOther() throws Exception {
        try (TestRuntime t = runtime("127.0.0.1:1")) {
            assertThat(told(launch(t, Map.of("urls", List.of(web.url() + "/hello")))))
                    .isEqualTo("PERMISSION_DENIED");
        }
    }

    @Test
    void answersAreBounded() throws Exception {
        try (TestRuntime t = runtime("127.0.0.1")) {
            assertThat(told(launch(t, Map.of("urls", List.of(web.url() + "/big", web.url() + "/hello")))))
                    .isEqualTo("PAYLOAD_TOO_LARGE none");
        }
    }

    @Test
    void aClientMayPassCallsToServersOfItsOwn() throws Exception {
        try (TestRuntime t = runtime()) {
            InferletProcess process = launch(t, Map.of("server", "mine"));
            t.runtime.registerMcp(process.id(), "mine", (message, id) -> {
                JsonNode asked = JsonMapper.shared().readTree(message);
                return CompletableFuture.completedFuture(id == 0 ? "" : TestWeb.reply(asked));
            });
            process.deliver("go");
            assertThat(told(process)).isEqualTo("3UPSTREAM_FAILURE");
        }
    }
}
