package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
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
import pie.server.programs.ProgramStore;

/** {@code pie cp} to and from a program that sends back what it gets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
final class CpTest {
    private static final String MIRROR = """
            import { session } from 'inferlet';
            export async function main() {
              session.sendFile(await session.receiveFile(), { name: 'back.bin' });
              session.sendFile(await session.receiveFile(), { name: 'note.txt' });
              session.sendFile(new Uint8Array([110, 101, 119]), { name: 'note.txt' });
              session.sendFile(new Uint8Array([1]));
            }
            """;

    @TempDir
    static Path dir;

    private PieServer server;

    @BeforeAll
    void start() {
        var runtime = RuntimeConfig.DEFAULT.withPoolMin(1).withLanguages(EnumSet.of(Language.JAVASCRIPT));
        var config = new InstanceConfig(
                TestModel.NAME, TestModel.path(), "dummy", DriverConfig.DEFAULT, EngineConfig.DEFAULT, runtime);
        server =
                PieServer.start(ServerConfig.loopback(dir.resolve("home"), 0), () -> Instance.open(config, line -> {}));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private Output pie(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--url", server.uri().toString()));
        return Output.of(all.toArray(String[]::new));
    }

    private Output done(String... words) {
        Output output = pie(words);
        assertThat(output.code()).as(output.err()).isZero();
        return output;
    }

    private String launch(Path folder) throws IOException {
        Path program = Files.writeString(folder.resolve("mirror.js"), MIRROR);
        return done("launch", program.toString()).out().strip();
    }

    @Test
    void filesGoThereAndComeBackWhole(@TempDir Path here) throws IOException {
        byte[] content = new byte[5 << 20];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 31 + (i >> 9));
        }
        Path large = Files.write(here.resolve("large.bin"), content);
        Path note = Files.writeString(here.resolve("note.txt"), "");
        String id = launch(here);
        Output sent = done("cp", "--json", large.toString(), note.toString(), id + ":");
        var first = Json.parse(sent.out()).get(0);
        assertThat(first.path("hash").asString()).isEqualTo(ProgramStore.hash(content));
        assertThat(first.path("direction").asString()).isEqualTo("in");
        assertThat(sent.err()).contains("large.bin").contains("100%").doesNotContain("note.txt");
        done("result", "--wait", "60s", id);
        Path to = here.resolve("made/here");
        Output fetched = done("cp", "--json", id.substring(0, 8) + ":", to + "/");
        assertThat(Json.parse(fetched.out()).size()).isEqualTo(3);
        assertThat(Files.mismatch(to.resolve("back.bin"), large)).isEqualTo(-1);
        assertThat(Files.readString(to.resolve("note.txt"))).isEqualTo("new");
        Path single = here.resolve("one");
        assertThat(done("cp", id + ":note.txt", single.toString()).out()).isEqualTo(single + "\n");
        assertThat(done("cp", "-q", id + ":" + ProgramStore.hash(new byte[] {1}), here.toString())
                        .out())
                .isEmpty();
        assertThat(Files.readAllBytes(here.resolve(ProgramStore.hash(new byte[] {1}))))
                .containsExactly(1);
        assertThat(Arrays.stream(Files.list(here).map(Path::toString).toArray(String[]::new)))
                .noneMatch(name -> name.endsWith(".part"));
        Output late = pie("cp", note.toString(), id + ":");
        assertThat(late.code()).isEqualTo(2);
        assertThat(late.err()).contains("has ended");
    }

    @Test
    void wrongPathsAreToldBeforeAnythingGoes(@TempDir Path here) throws IOException {
        String id = launch(here);
        Path file = Files.writeString(here.resolve("a"), "x");
        assertThat(pie("cp", file.toString(), here.toString()).err()).contains("one side is a process");
        assertThat(pie("cp", id + ":a", id + ":b").err()).contains("one side is a process");
        assertThat(pie("cp", file.toString(), file.toString(), id + ":b").err()).contains("leave the name");
        assertThat(pie("cp", "-", id + ":").err()).contains("pie cp - " + id + ":NAME");
        assertThat(pie("cp", here.toString(), id + ":").err()).contains("is a folder");
        assertThat(pie("cp", file.toString(), here.resolve("none").toString(), id + ":")
                        .code())
                .isEqualTo(3);
        assertThat(pie("cp", id + ":a", here.toString()).code()).isEqualTo(3);
        assertThat(pie("cp", id + ":", here.resolve("none").toString()).err()).contains("is no folder");
        assertThat(pie("cp", "0000:a", here.toString()).code()).isEqualTo(3);
        assertThat(done("ps", "--json").out()).contains(id);
        done("kill", id);
    }
}
