package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.EngineConfig;
import pie.engine.driver.DriverConfig;
import pie.engine.testing.TestModel;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;
import pie.server.Instance;
import pie.server.InstanceConfig;
import pie.server.PieServer;
import pie.server.ServerConfig;

/** {@code pie program} and launches by name, before and after a restart of the server. */
final class ProgramCommandTest {
    @TempDir
    Path dir;

    private PieServer server() {
        var runtime = RuntimeConfig.DEFAULT.withPoolMin(1).withLanguages(EnumSet.of(Language.JAVASCRIPT));
        var config = new InstanceConfig(
                TestModel.NAME, TestModel.path(), "dummy", DriverConfig.DEFAULT, EngineConfig.DEFAULT, runtime);
        return PieServer.start(ServerConfig.loopback(dir.resolve("home"), 0), () -> Instance.open(config, line -> {}));
    }

    private static Output pie(PieServer server, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--url", server.uri().toString()));
        return Output.of(all.toArray(String[]::new));
    }

    @Test
    void stores_lists_launches_and_removes_programs() throws IOException {
        Path agent = Files.createDirectories(dir.resolve("agent"));
        Files.writeString(
                agent.resolve("index.js"),
                "import { double } from './double.js'; export function main(input) { return String(double(input.n)); }");
        Files.writeString(agent.resolve("double.js"), "export const double = n => 2 * n;");
        Files.writeString(agent.resolve("Pie.toml"), """
                [package]
                name = "doubler"
                version = "2.0.0"
                description = "twice as much"
                [parameters]
                n = { type = "int" }
                """);
        Path hello = Files.writeString(dir.resolve("hello.js"), "export const main = () => 'hello';");
        try (PieServer server = server()) {
            assertThat(pie(server, "program", "add", agent.toString()).out()).isEqualTo("stored doubler@2.0.0\n");
            assertThat(pie(server, "program", "add", hello.toString(), "--version", "1.0.0")
                            .out())
                    .isEqualTo("stored hello@1.0.0\n");
            Files.writeString(hello, "export const main = () => 'other';");
            Output other = pie(server, "program", "add", hello.toString(), "--version", "1.0.0");
            assertThat(other.code()).isEqualTo(2);
            assertThat(other.err()).contains("already exists");
            Output wrong = pie(server, "program", "add", agent.toString(), "--name", "x");
            assertThat(wrong.err()).contains("--name x").contains("doubler");
        }
        try (PieServer server = server()) {
            Output list = pie(server, "program", "list");
            assertThat(list.out()).containsPattern("doubler +2.0.0 +javascript +twice as much");
            Output info = pie(server, "program", "info", "doubler");
            assertThat(info.out()).containsPattern("versions +2.0.0").contains("parameter n");
            assertThat(pie(server, "run", "doubler@^2", "--input", "{\"n\":21}").out())
                    .contains("42");
            assertThat(pie(server, "launch", "-f", "-q", "hello").out()).contains("hello");
            Output missing = pie(server, "run", "doubler");
            assertThat(missing.code()).isEqualTo(2);
            assertThat(missing.err()).contains("missing parameter 'n'");
            assertThat(pie(server, "program", "rm", "hello").code()).isEqualTo(2);
            assertThat(pie(server, "program", "rm", "hello@1.0.0").out()).isEqualTo("removed hello@1.0.0\n");
            assertThat(pie(server, "launch", "hello").code()).isEqualTo(3);
        }
    }

    @Test
    void starts_lists_and_stops_apps() throws IOException {
        Path web = Files.writeString(dir.resolve("web.js"), "export const handle = r => 'at ' + r.path;");
        try (PieServer server = server()) {
            Output started = pie(server, "app", "start", "web", web.toString());
            assertThat(started.out()).as(started.err()).isEqualTo(server.uri() + "/apps/web/\n");
            assertThat(pie(server, "app", "list").out()).containsPattern("web +web@0.0.0 +running +/apps/web/");
            assertThat(pie(server, "program", "add", web.toString()).code()).isZero();
            assertThat(pie(server, "app", "start", "fresh", "web@^0.1", "--per-request")
                            .code())
                    .isZero();
            assertThat(pie(server, "app", "stop", "web").out()).isEqualTo("stopped web\n");
            assertThat(pie(server, "app", "stop", "web").code()).isEqualTo(3);
        }
    }
}
