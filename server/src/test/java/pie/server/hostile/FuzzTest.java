package pie.server.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Send a server what is nearly right: launch bodies, manifests, archives, sources, and through a program grammars and masks. Whatever
 * comes, it answers, with one of its errors that is not INTERNAL. The first inputs are the same in each run; with {@code
 * -Dpie.fuzz=SECONDS} it goes on for that long for each kind.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
final class FuzzTest {
    private static final long SEED = 20_261_126;
    private static final int INPUTS = 20;
    private static final int SECONDS = Integer.getInteger("pie.fuzz", 0);
    /** Inputs of one run of a program that tries them. */
    private static final int AT_ONCE = 20;

    private static final String TRIES = """
            import { Grammar, Mask, PieError } from 'inferlet';
            const kinds = { regex: (s) => Grammar.fromRegex(s), ebnf: (s) => Grammar.fromEbnf(s), schema: (s) => Grammar.fromJsonSchema(s),
              mask: (s) => Mask.fromBrle(s.split(',').map(Number)).and(Mask.fromBrle([1, 5])).count() };
            export function main({ kind, texts }) {
              return texts.map((text) => {
                try { kinds[kind](text); return 'none'; } catch (e) { return e instanceof PieError ? e.code : `${e}`; }
              });
            }
            """;

    private static final String TYPED = """
            import { runtime, type Stats } from 'inferlet';
            interface P<T extends object = {}> { readonly x?: T; f(a: string, ...rest: number[]): asserts a is 'b' }
            abstract class K<T> implements P { private x!: T; constructor(protected override y = 1 as unknown as T) {} }
            enum E { A = 1 << 2 } declare module 'x'; export type { P };
            const f = async <T,>(a: T): Promise<T> => a satisfies T; label: for (const x of <any>[]) break label;
            export async function main(input: Record<string, unknown>): Promise<string> { using y = { [Symbol.dispose]() {} }; return `${await f(/[/]/u)}`; }
            """;

    private static final String MANIFEST = """
            [package]
            name = "a"
            version = "1.0.0"
            [runtime]
            language = "python"
            file = "main.py"
            network = ["example.com:443", "*.b"]
            memory = "1GiB"
            [parameters.n]
            type = "int"
            optional = true
            min = 1
            choices = [1, 2]
            [dependencies]
            b = "1.0.0"
            """;

    private ServerProcess server;

    @BeforeAll
    void start(@TempDir Path home) throws IOException {
        server = ServerProcess.start(home, "dummy", Duration.ofSeconds(5), "-Xmx1g");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "launch",
                "manifest",
                "archive",
                "typescript",
                "python",
                "java",
                "regex",
                "ebnf",
                "schema",
                "mask"
            })
    void isAnswered(String kind) throws Exception {
        var mutator = new Mutator(new SplittableRandom(SEED + kind.hashCode()), seeds(kind), words(kind));
        long until = System.nanoTime() + SECONDS * 1_000_000_000L;
        int n = 0;
        while (n < INPUTS || System.nanoTime() < until) {
            List<byte[]> inputs = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                inputs.add(mutator.next());
            }
            n += AT_ONCE;
            attempt(kind, inputs);
        }
        if (SECONDS > 0) {
            System.out.println("fuzz " + kind + ": " + n + " inputs");
        }
    }

    private void attempt(String kind, List<byte[]> inputs) throws Exception {
        switch (kind) {
            case "regex", "ebnf", "schema", "mask" -> inside(kind, inputs);
            default -> {
                for (byte[] input : inputs) {
                    HttpResponse<String> answer = outside(kind, input);
                    String code = code(answer.body());
                    assertThat(answer.statusCode() >= 500 && !code.equals("GUEST_ERROR") || code.equals("INTERNAL"))
                            .as(kind + " " + Base64.getEncoder().encodeToString(input) + " was answered "
                                    + answer.statusCode() + " " + answer.body())
                            .isFalse();
                }
            }
        }
    }

    private HttpResponse<String> outside(String kind, byte[] input) throws Exception {
        String wait = "/v1/processes?wait=20&file=";
        return switch (kind) {
            case "launch" -> server.send("POST", "/v1/processes?wait=5", "application/json", input);
            case "manifest" -> server.send("PUT", "/v1/programs/a/1.0.0?force=true", "application/zip", zip(input));
            case "archive" -> server.send("PUT", "/v1/programs/a/1.0.0?force=true", "application/zip", input);
            case "typescript" -> server.send("POST", wait + "index.ts", "application/typescript", input);
            case "python" -> server.send("POST", wait + "main.py", "text/x-python", input);
            default -> server.send("POST", wait + "Main.java", "text/x-java-source", input);
        };
    }

    /** Let a program try inputs; it must live, and know each error as one of pie's. */
    private void inside(String kind, List<byte[]> inputs) throws Exception {
        var launch = JsonMapper.shared().createObjectNode();
        launch.putObject("source").put("language", "javascript").put("code", TRIES);
        var texts = launch.putObject("input").put("kind", kind).putArray("texts");
        inputs.forEach(input -> texts.add(new String(input, StandardCharsets.UTF_8)));
        JsonNode result = server.waitFor(launch);
        JsonNode codes = result.path("json");
        assertThat(codes.size()).as(launch + " ended with " + result).isEqualTo(inputs.size());
        for (int i = 0; i < inputs.size(); i++) {
            assertThat(codes.get(i).asString())
                    .as(kind + " " + texts.get(i))
                    .isIn("none", "INVALID_ARGUMENT", "UNSUPPORTED", "LIMIT_EXCEEDED");
        }
    }

    private static String code(String body) {
        JsonNode answer = JsonMapper.shared().readTree(body.isEmpty() ? "{}" : body);
        return answer.path("error").path("code").asString("");
    }

    private static List<byte[]> seeds(String kind) throws IOException {
        return switch (kind) {
            case "launch" ->
                List.of(
                        bytes("""
                            {"source": {"language": "javascript", "code": "export const main = (x) => x", "files": {"a/b.js": "1"}}, "input": {"a": [1, 2.5e3, null]},
                             "budget": {"wall": "2s", "tokens": 10, "page_seconds": 0.5}, "labels": {"a": "b"}, "permissions": {"network": ["a.b:1"], "files": true}, "seed": 7}"""),
                        bytes(
                                "{\"source\":{\"code\":\"\",\"file\":\"x.py\"},\"mcp\":[{\"name\":\"a\",\"url\":\"http://x\"}],\"bid\":1.5,\"budget\":{\"wall\":1}}"));
            case "manifest" -> List.of(bytes(MANIFEST));
            case "archive" -> List.of(zip(bytes(MANIFEST)));
            case "typescript" -> List.of(bytes(TYPED));
            case "python" ->
                List.of(
                        bytes(
                                "import re\n\nclass A:\n    x: int = 1\n\nasync def main(input):\n    match input:\n        case {'a': [*b]}: return f\"{b!r:>{10}}\"\n    return [y async for y in x] if (z := 1) else lambda *a, **k: None\n"));
            case "java" ->
                List.of(
                        bytes(
                                "import pie.inferlet.*;\n\nrecord R<T extends Comparable<T>>(T x, int... y) {}\n\nsealed interface S permits A {}\n\nrecord A() implements S {}\n\nObject main(Map<String, Object> input) {\n    return switch ((Object) input) { case R<?>(var x, var y) when x != null -> x; default -> \"\"\"\n        a\"\"\"; };\n}\n"));
            case "regex" ->
                List.of(bytes("^(?:a|[b-d\\\\w]{2,5})*?(?=x)\\\\d+$"), bytes("[^\\\\u{1F600}-\\\\x41]+\\\\.(ab|c)??"));
            case "ebnf" -> List.of(bytes("root ::= \"a\" (b | [c-d]{1,3})* # x\nb ::= root? \"\\\\n\" | <|im_end|>\n"));
            case "schema" ->
                List.of(
                        bytes(
                                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/x\"},\"minItems\":1}},\"required\":[\"a\"],\"$defs\":{\"x\":{\"anyOf\":[{\"type\":\"integer\",\"minimum\":-5,\"maximum\":1e9},{\"enum\":[\"b\",null]},{\"type\":\"string\",\"pattern\":\"^a+$\",\"maxLength\":9}]}}}"));
            default -> List.of(bytes("0,5,3,2147483647,1"), bytes("3,2,4,1"));
        };
    }

    private static List<byte[]> words(String kind) {
        var words = new ArrayList<byte[]>();
        for (String word : Map.of(
                        "launch", "null|-1|1e999|\"\"|{}|[]|[[[[|\"..\"|\"\\u0000\"|99999999999999999999|true|\\ud800",
                        "manifest", "[[|]|=|\"\"\"|'''|\u0000|..|../../x|nan|1979-05-27|[runtime]|99999999999999999999",
                        "mask", ",|-1|NaN|1e99|4294967295|,,,,|0.5|0",
                        "schema", "{}|[]|\"not\"|\"$ref\":\"#\"|1e999|\"minLength\":999999999|null|true|{\"a\":",
                        "regex", "(((((|)*|{1000}|{1000,}|(?<=|\\\\1|[^|[[:|\\\\p{L}|(?i)|$|\u0000",
                        "ebnf", "root|::=|(((|{1000000}|*|+|\"|[^]|\u0000|# ")
                .getOrDefault(
                        kind, "(|)|{|}|[|]|`${|'''|\"\"\"|/*|//|\u0000|\\u|\uFEFF|<|>|;|:|@|#|=>|\t|class |async ")
                .split("\\|")) {
            words.add(bytes(word));
        }
        words.add(new byte[] {'P', 'K', 1, 2});
        words.add(new byte[] {(byte) 0xff, (byte) 0xfe, (byte) 0xc0, (byte) 0x80});
        return words;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] zip(byte[] manifest) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> file : List.of(
                    Map.entry("Pie.toml", manifest),
                    Map.entry("main.py", bytes("def main(): return 1")),
                    Map.entry("lib/x.py", Arrays.copyOf(bytes("x = 1"), 100)))) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue());
                zip.closeEntry();
            }
        }
        return out.toByteArray();
    }

    @AfterAll
    void stop() throws Exception {
        try {
            Thread.sleep(1_000);
            JsonNode after = server.figures();
            for (String none : List.of("pages", "contexts", "engine_processes", "live", "stuck")) {
                assertThat(after.path(none).asInt(-1)).as(none + " in " + after).isZero();
            }
        } finally {
            server.close();
        }
    }
}
