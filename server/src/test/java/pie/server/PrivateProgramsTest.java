package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.OwnerId;
import pie.runtime.Language;
import pie.server.programs.Manifest;
import pie.server.programs.ProgramStore;

class PrivateProgramsTest {
    @Test
    void are_there_for_their_owner_alone(@TempDir Path home) {
        var store = new ProgramStore(home);
        OwnerId ann = new OwnerId("ann");
        OwnerId bob = new OwnerId("bob");
        String manifest = Manifest.minimal("mine", "1.0.0", Optional.of(Language.JAVASCRIPT), Optional.empty());
        byte[] code = "export const main = () => 1;".getBytes(StandardCharsets.UTF_8);
        store.add(ann, manifest, code, false, true, source -> {});
        for (var each : List.of(store, new ProgramStore(home))) {
            assertThat(each.resolve(ann, "mine").hidden()).isTrue();
            assertThat(each.all(ann)).hasSize(1);
            assertThat(each.all(bob)).isEmpty();
            assertThat(each.all(bob, "mine")).isEmpty();
            assertThat(each.find(bob, "mine", "1.0.0")).isEmpty();
            assertThatThrownBy(() -> each.resolve(bob, "mine@^1")).hasMessage("Program 'mine@^1' not found");
            assertThatThrownBy(() -> each.remove(bob, "mine", "1.0.0")).hasMessageContaining("not found");
        }
        for (boolean hidden : new boolean[] {true, false}) {
            assertThatThrownBy(() -> store.add(bob, manifest, code, true, hidden, source -> {}))
                    .isInstanceOfSatisfying(
                            PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
        }
        assertThat(store.add(ann, manifest, code, false, false, source -> {}).changed())
                .isTrue();
        assertThat(store.resolve(bob, "mine").hidden()).isFalse();
        String newer = Manifest.minimal("mine", "1.0.1", Optional.of(Language.JAVASCRIPT), Optional.empty());
        assertThatThrownBy(() -> store.add(bob, newer, code, false, false, source -> {}))
                .hasMessageContaining("another user");
        assertThatThrownBy(() -> store.remove(bob, "mine", "1.0.0")).hasMessageContaining("another user");
        assertThat(store.add(OwnerId.LOCAL, newer, code, false, false, source -> {})
                        .stored()
                        .owner())
                .isEqualTo(ann);
        store.remove(ann, "mine", "1.0.1");
    }

    @Test
    void are_told_from_others_over_http_and_hidden_from_others_on_the_socket(@TempDir Path home) {
        try (var server = new TestServer(home);
                var bob = new WsClient(server.server.uri(), "/v1/ws", java.util.Map.of("x-pie-identity", "bob"))) {
            for (String path : List.of("mine/1.0.0?private=true", "ours/1.0.0")) {
                var put = server.send(server.request("/v1/programs/" + path)
                        .header("Content-Type", "text/x-python")
                        .PUT(java.net.http.HttpRequest.BodyPublishers.ofString("return 1")));
                assertThat(put.statusCode()).as(put.body()).isEqualTo(201);
            }
            assertThat(TestServer.json(server.get("/v1/programs/mine/1.0.0"))
                            .get("private")
                            .asBoolean())
                    .isTrue();
            assertThat(bob.ask("check_program", "name", "ours", "version", "1.0.0")
                            .path("result")
                            .asString())
                    .isEqualTo("true");
            assertThat(bob.ask("check_program", "name", "mine", "version", "1.0.0")
                            .path("result")
                            .asString())
                    .isEqualTo("false");
            assertThat(bob.ask("launch_process", "inferlet", "mine", "input", "{}", "capture_outputs", true)
                            .path("result")
                            .asString())
                    .isEqualTo("Program 'mine' not found");
        }
    }
}
