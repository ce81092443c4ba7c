package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static pie.server.TestServer.code;
import static pie.server.TestServer.json;
import static pie.server.TestServer.message;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ProgramRoutesTest {
    @TempDir
    Path home;

    private TestServer server;

    @BeforeEach
    void start() {
        server = new TestServer(home);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> put(String path, String type, byte[] body) {
        var request = server.request("/v1/programs/" + path).PUT(BodyPublishers.ofByteArray(body));
        return server.send(type.isEmpty() ? request : request.header("Content-Type", type));
    }

    private HttpResponse<String> put(String path, String... lines) {
        return put(path, "text/x-python", String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }

    private String launched(String program, String input) {
        var answer = server.post("/v1/processes?wait=5", "{\"program\":\"" + program + "\",\"input\":" + input + "}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer).get("value").asString();
    }

    private static byte[] zip(String... pathsAndTexts) {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            for (int i = 0; i < pathsAndTexts.length; i += 2) {
                zip.putNextEntry(new ZipEntry(pathsAndTexts[i]));
                zip.write(pathsAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    private static byte[] tarGz(String... pathsAndTexts) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            for (int i = 0; i < pathsAndTexts.length; i += 2) {
                byte[] text = pathsAndTexts[i + 1].getBytes(StandardCharsets.UTF_8);
                byte[] block = new byte[512];
                byte[] name = pathsAndTexts[i].getBytes(StandardCharsets.UTF_8);
                System.arraycopy(name, 0, block, 0, name.length);
                byte[] size = "%011o".formatted(text.length).getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(size, 0, block, 124, size.length);
                block[156] = '0';
                gzip.write(block);
                gzip.write(Arrays.copyOf(text, (text.length + 511) / 512 * 512));
            }
            gzip.write(new byte[1024]);
        }
        return out.toByteArray();
    }

    private static Map<String, String> unzip(byte[] content) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (var zip = new ZipInputStream(new ByteArrayInputStream(content))) {
            for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
                files.put(e.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return files;
    }

    private static String manifest(String name, String version, String... more) {
        return "[package]\nname = \"" + name + "\"\nversion = \"" + version + "\"\n" + String.join("\n", more);
    }

    @Test
    void a_stored_program_is_launched_by_name_and_outlives_the_server() {
        var stored = put("hello/1.0.0", "return one");
        assertThat(stored.statusCode()).isEqualTo(201);
        assertThat(json(stored).get("language").asString()).isEqualTo("python");
        assertThat(put("hello/1.0.0", "return one").statusCode()).isEqualTo(200);
        assertThat(put("hello/1.10.0", "return two").statusCode()).isEqualTo(201);
        assertThat(put("hello/1.9.0", "return old").statusCode()).isEqualTo(201);
        assertThat(launched("hello", "{}")).isEqualTo("two");
        server.close();
        server = new TestServer(home);
        assertThat(launched("hello", "{}")).isEqualTo("two");
        assertThat(launched("hello@1.0.0", "{}")).isEqualTo("one");
        JsonNode process =
                json(server.get("/v1/processes?program=hello")).get("items").get(0);
        assertThat(process.get("program").asString()).isEqualTo("hello@1.0.0");
        JsonNode again = json(server.get("/v1/programs/hello/1.0.0"));
        assertThat(again.get("created")).isEqualTo(json(stored).get("created"));
        assertThat(again.get("checksum")).isEqualTo(json(stored).get("checksum"));
    }

    @ParameterizedTest
    @CsvSource({
        "latest,3.0.1",
        "^1.2,1.10.0",
        "~1.2.3,1.2.9",
        "1.x,1.10.0",
        "1,1.10.0",
        "*,3.0.1",
        ">=1 <3,1.10.0",
        "<1.2.9,0.2.5",
        ">1.2,3.0.1",
        "<=1.2,1.2.9",
        "^0.2.3,0.2.5",
        "2.x || ~1.2,1.2.9",
        "1.2.9,1.2.9"
    })
    void a_range_takes_the_highest_version_in_it(String range, String version) {
        for (String each : new String[] {"0.2.5", "1.2.9", "1.10.0", "3.0.1"}) {
            put("p/" + each, "return " + each);
        }
        assertThat(launched("p@" + range, "{}")).isEqualTo(version);
    }

    @Test
    void names_and_ranges_that_lead_nowhere_are_refused() {
        put("p/1.0.0", "return 1");
        for (String bad : new String[] {"a b", "p@", "p@one", "p@1.0.0.0", "../p", ""}) {
            var answer = server.post("/v1/processes", "{\"program\":\"" + bad + "\"}");
            assertThat(code(answer)).as(bad).isEqualTo("INVALID_ARGUMENT");
        }
        var none = server.post("/v1/processes", "{\"program\":\"p@^2\"}");
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(message(none)).isEqualTo("Program 'p@^2' not found");
        assertThat(json(none).at("/error/details/kind").asString()).isEqualTo("program");
        var both =
                server.post("/v1/processes", "{\"program\":\"p\",\"source\":{\"language\":\"python\",\"code\":\"\"}}");
        assertThat(code(both)).isEqualTo("INVALID_ARGUMENT");
        var asking = server.post("/v1/processes", "{\"program\":\"p\",\"permissions\":{\"files\":true}}");
        assertThat(message(asking)).contains("/permissions").contains("Pie.toml");
    }

    @Test
    void other_content_of_a_version_needs_force() {
        put("p/1.0.0", "return 1");
        var refused = put("p/1.0.0", "return 2");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(code(refused)).isEqualTo("ALREADY_EXISTS");
        assertThat(code(put("P/1.0.1", "return 2"))).isEqualTo("ALREADY_EXISTS");
        assertThat(launched("p", "{}")).isEqualTo("1");
        assertThat(put("p/1.0.0?force=true", "return 2").statusCode()).isEqualTo(201);
        assertThat(launched("p", "{}")).isEqualTo("2");
    }

    @Test
    void a_deleted_program_is_gone_also_after_a_restart_while_its_process_goes_on() {
        put("p/1.0.0", "sleep 300", "return still");
        String id = json(server.post("/v1/processes", "{\"program\":\"p\"}"))
                .get("id")
                .asString();
        assertThat(server.delete("/v1/programs/p/1.0.0").statusCode()).isEqualTo(204);
        assertThat(server.delete("/v1/programs/p/1.0.0").statusCode()).isEqualTo(404);
        assertThat(json(server.get("/v1/processes/" + id + "/result?wait=5"))
                        .get("value")
                        .asString())
                .isEqualTo("still");
        server.close();
        server = new TestServer(home);
        assertThat(server.get("/v1/programs/p").statusCode()).isEqualTo(404);
        assertThat(json(server.get("/v1/programs")).get("items")).isEmpty();
    }

    @Test
    void lists_the_newest_of_each_filtered_and_in_pages() {
        put("b-two/1.0.0", "return 1");
        put("a-one/1.0.0", "return 1");
        put("a-one/1.1.0", "return 2");
        put("c-three/1.0.0", "text/javascript", "return 1".getBytes(StandardCharsets.UTF_8));
        JsonNode first = json(server.get("/v1/programs?limit=2"));
        assertThat(first.at("/items/0/version").asString()).isEqualTo("1.1.0");
        assertThat(first.get("items")).hasSize(2);
        JsonNode rest = json(
                server.get("/v1/programs?limit=2&cursor=" + first.get("next").asString()));
        assertThat(rest.at("/items/0/name").asString()).isEqualTo("c-three");
        assertThat(rest.get("next").isNull()).isTrue();
        assertThat(json(server.get("/v1/programs?language=javascript")).get("items"))
                .hasSize(1);
        assertThat(json(server.get("/v1/programs?q=TWO")).at("/items/0/name").asString())
                .isEqualTo("b-two");
        assertThat(json(server.get("/v1/programs?owner=nobody")).get("items")).isEmpty();
        JsonNode versions = json(server.get("/v1/programs/a-one")).get("versions");
        assertThat(versions.valueStream().map(v -> v.get("version").asString())).containsExactly("1.1.0", "1.0.0");
    }

    @Test
    void a_zip_and_a_tar_are_programs_of_several_files() throws IOException {
        String toml = manifest(
                "agent",
                "2.0.0",
                "description = \"two files\"",
                "[runtime]",
                "network = [\"a.org\"]",
                "files = true",
                "colour = 1",
                "[parameters]",
                "n = { type = \"int\", min = 1 }",
                "mode = { type = \"string\", default = \"slow\", choices = [\"slow\", \"fast\"] }");
        byte[] packed = zip("top/Pie.toml", toml, "top/main.py", "input", "top/util.py", "x = 1", "top/.git/x", "y");
        var stored = put("agent/2.0.0", "application/zip", packed);
        assertThat(stored.statusCode()).as(stored.body()).isEqualTo(201);
        assertThat(json(stored).get("warnings").toString()).contains("runtime.colour");
        assertThat(launched("agent", "{\"n\":3}")).isEqualTo("{\"n\":3,\"mode\":\"slow\"}");
        JsonNode detail = json(server.get("/v1/programs/agent/latest"));
        assertThat(detail.at("/permissions/network/0").asString()).isEqualTo("a.org");
        assertThat(detail.at("/permissions/files").asBoolean()).isTrue();
        assertThat(detail.at("/manifest/package/description").asString()).isEqualTo("two files");
        assertThat(server.get("/v1/programs/agent/2.0.0/manifest").body()).isEqualTo(toml);
        JsonNode schema = json(server.get("/v1/programs/agent/2.0.0/schema"));
        assertThat(schema.at("/properties/n").toString()).isEqualTo("{\"type\":\"integer\",\"minimum\":1}");
        assertThat(schema.get("required").toString()).isEqualTo("[\"n\"]");
        byte[] fetched = server.open(server.request("/v1/programs/agent/2.0.0/archive"))
                .body()
                .readAllBytes();
        assertThat(unzip(fetched)).containsOnlyKeys("Pie.toml", "main.py", "util.py");
        assertThat(put("agent/2.0.0?force=1", "", fetched).statusCode()).isEqualTo(201);
        assertThat(launched("agent", "{\"n\":4,\"mode\":\"fast\"}")).isEqualTo("{\"n\":4,\"mode\":\"fast\"}");
        assertThat(put("tarred/1.0.0", "", tarGz("main.py", "return tar", "data.txt", "1"))
                        .statusCode())
                .isEqualTo(201);
        assertThat(launched("tarred", "{}")).isEqualTo("tar");
    }

    @Test
    void an_input_that_does_not_fit_the_parameters_is_refused_with_all_problems() {
        byte[] packed = zip(
                "main.py",
                "input",
                "Pie.toml",
                manifest(
                        "typed",
                        "1.0.0",
                        "[parameters]",
                        "n = { type = \"int\", min = 1 }",
                        "s = { type = \"string\" }"));
        put("typed/1.0.0", "application/zip", packed);
        var answer = server.post("/v1/processes", "{\"program\":\"typed\",\"input\":{\"n\":0,\"m\":1}}");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).at("/error/details/problems")).hasSize(3);
    }

    @Test
    void what_cannot_be_stored_says_why() {
        assertThat(code(put("p/1.0", "return 1"))).isEqualTo("INVALID_MANIFEST");
        assertThat(code(put("-p/1.0.0", "return 1"))).isEqualTo("INVALID_MANIFEST");
        assertThat(code(put("p/1.0.0", "text/x-python", new byte[0]))).isEqualTo("INVALID_ARGUMENT");
        assertThat(code(put("p/1.0.0", "syntax"))).isEqualTo("SOURCE_ERROR");
        assertThat(code(put("p/1.0.0", "image/png", new byte[] {1}))).isEqualTo("UNSUPPORTED_MEDIA_TYPE");
        var untold = put("p/1.0.0", "", "return 1".getBytes(StandardCharsets.UTF_8));
        assertThat(message(untold)).contains("language");
        assertThat(put("p/1.0.0?file=p.py", "", "return 1".getBytes(StandardCharsets.UTF_8))
                        .statusCode())
                .isEqualTo(201);
        var wasm = put("p/2.0.0", "", new byte[] {0, 'a', 's', 'm', 1});
        assertThat(wasm.statusCode()).isEqualTo(422);
        var onlyWasm = put("p/2.0.0", "", zip("a.wasm", "x"));
        assertThat(code(onlyWasm)).isEqualTo("UNSUPPORTED");
        var other = put("p/2.0.0", "", zip("main.py", "x", "Pie.toml", manifest("q", "2.0.0")));
        assertThat(message(other)).contains("q@2.0.0").contains("p@2.0.0");
        var two = put("p/2.0.0", "", zip("a.py", "x", "b.py", "y"));
        assertThat(message(two)).contains("a.py, b.py");
        assertThat(json(server.get("/v1/programs/p")).get("versions")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x.py", "/etc/x.py", "a\\b.py", "c:x.py", "a/./x.py", "x.py.", "a//x.py", "a\u0001.py"})
    void an_archive_with_a_path_that_is_not_plain_is_refused(String path) {
        var answer = put("p/1.0.0", "application/zip", zip("main.py", "return 1", path, "x"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(json(answer).at("/error/details/entry").asString()).isEqualTo(path);
        assertThat(server.get("/v1/programs/p").statusCode()).isEqualTo(404);
    }

    @Test
    void an_archive_that_is_a_bomb_or_broken_is_refused() throws IOException {
        assertThat(put("p/1.0.0", "", zip("main.py", "x", "big.txt", "0".repeat(8 << 20)))
                        .statusCode())
                .isEqualTo(413);
        assertThat(code(put("p/1.0.0", "", zip("main.py", "x", "MAIN.py", "y"))))
                .isEqualTo("INVALID_ARGUMENT");
        byte[] half = tarGz("main.py", "return 1");
        assertThat(code(put("p/1.0.0", "", Arrays.copyOf(half, half.length / 2))))
                .isEqualTo("INVALID_ARGUMENT");
        assertThat(code(put("p/1.0.0", "", zip()))).isIn("INVALID_ARGUMENT", "INVALID_MANIFEST");
    }
}
