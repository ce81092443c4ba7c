package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.ProcessEvent;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.runtime.serve.Call;
import pie.runtime.serve.RequestQueue;
import tools.jackson.databind.json.JsonMapper;

/** Programs that answer requests, the same in each language. The test is the connection. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
final class ServeTest {
    private static final Map<Language, String> PROGRAMS =
            Map.of(Language.PYTHON, """
            import asyncio
            from inferlet import Context, Model, Sampler, http, runtime

            seen = []

            async def chunks():
                for word in ("one ", "", b"two ", "three"):
                    await asyncio.sleep(0)
                    yield word

            async def broken():
                yield "begun"
                raise ValueError("in the middle")

            async def endless():
                try:
                    while True:
                        yield "x" * 1000
                finally:
                    seen.append("left")

            async def handle(request):
                seen.append(request.path)
                match request.path:
                    case "/echo":
                        return http.Response({"method": request.method, "query": request.query, "mark": request.headers["X-Mark"],
                            "body": await request.text()})
                    case "/json":
                        return http.Response(await request.json(), 201, {"X-Back": "b"})
                    case "/late":
                        await asyncio.sleep(0.05)
                        return "late"
                    case "/pieces":
                        return {"sizes": [len(piece) async for piece in request]}
                    case "/stream":
                        return http.Response(chunks(), headers={"content-type": "text/x-words"})
                    case "/sse":
                        return http.sse(["a\\nb", {"event": "e", "data": [1]}, {"n": 1}])
                    case "/none":
                        return http.Response(None, 204)
                    case "/fail":
                        raise ValueError("before the answer")
                    case "/cut":
                        return http.Response(broken())
                    case "/endless":
                        return http.Response(endless())
                    case "/wait":
                        try:
                            await asyncio.sleep(60)
                        finally:
                            seen.append("waited")
                    case "/seen":
                        return seen
                    case "/ask":
                        ctx = Context(Model.load(runtime.models()[0]))
                        ctx.append_text(await request.text())
                        return await ctx.generate(Sampler.argmax(), max_tokens=4, stop=[], auto_flush=False).collect_text()
                return http.Response("no such page", 404)
            """, Language.JAVASCRIPT, """
            import { Context, Model, Sampler, http, runtime, timers } from 'inferlet';

            const seen = [];

            async function* chunks() {
              for (const word of ['one ', '', new TextEncoder().encode('two '), 'three']) { await timers.sleep(0); yield word; }
            }
            async function* broken() { yield 'begun'; throw new Error('in the middle'); }
            async function* endless() {
              try { for (;;) yield 'x'.repeat(1000); } finally { seen.push('left'); }
            }

            export async function handle(request) {
              seen.push(request.path);
              switch (request.path) {
                case '/echo':
                  return new Response({ method: request.method, query: Object.fromEntries(request.query), mark: request.headers.get('X-Mark'), body: await request.text() });
                case '/json': return new Response(await request.json(), { status: 201, headers: { 'X-Back': 'b' } });
                case '/late': await timers.sleep(50); return 'late';
                case '/pieces': {
                  const sizes = [];
                  for await (const piece of request.body) sizes.push(piece.length);
                  return { sizes };
                }
                case '/stream': return new Response(chunks(), { headers: { 'content-type': 'text/x-words' } });
                case '/sse': return http.sse(['a\\nb', { event: 'e', data: [1] }, { n: 1 }]);
                case '/none': return new Response(null, { status: 204 });
                case '/fail': throw new Error('before the answer');
                case '/cut': return new Response(broken());
                case '/endless': return new Response(endless());
                case '/wait':
                  await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
                  seen.push('waited');
                  return 'too late';
                case '/seen': return new Response(seen);
                case '/ask': {
                  const ctx = new Context(Model.load(runtime.models()[0]));
                  ctx.appendText(await request.text());
                  return await ctx.generate(Sampler.argmax(), { maxTokens: 4, stop: [], autoFlush: false }).collectText();
                }
              }
              return new Response('no such page', { status: 404 });
            }
            """, Language.JAVA, """
            import java.nio.charset.StandardCharsets;
            import java.time.Duration;
            import java.util.*;
            import java.util.stream.*;
            import pie.inferlet.*;

            final List<String> seen = new ArrayList<>();

            Iterator<String> broken() {
                return new Iterator<>() {
                    private boolean begun;

                    public boolean hasNext() {
                        return true;
                    }

                    public String next() {
                        if (begun) {
                            throw new IllegalStateException("in the middle");
                        }
                        begun = true;
                        return "begun";
                    }
                };
            }

            Object handle(Request request) {
                seen.add(request.path());
                return switch (request.path()) {
                    case "/echo" -> Response.of(Map.of("method", request.method(), "query", request.query(),
                            "mark", request.headers().get("x-mark"), "body", request.text()));
                    case "/json" -> Response.of(request.json(), 201).header("X-Back", "b");
                    case "/late" -> {
                        Timers.sleep(Duration.ofMillis(50));
                        yield "late";
                    }
                    case "/pieces" -> {
                        var sizes = new ArrayList<Integer>();
                        for (var piece = request.next(); piece.isPresent(); piece = request.next()) {
                            sizes.add(piece.get().length);
                        }
                        yield Map.of("sizes", sizes);
                    }
                    case "/stream" -> Response.of(Stream.of("one ", "", "two ".getBytes(StandardCharsets.UTF_8), "three"))
                            .header("Content-Type", "text/x-words");
                    case "/sse" -> Http.sse(List.of("a\\nb", Map.of("event", "e", "data", List.of(1)), Map.of("n", 1)));
                    case "/none" -> Response.of(null, 204);
                    case "/fail" -> throw new IllegalStateException("before the answer");
                    case "/cut" -> Response.of(broken());
                    case "/endless" -> {
                        Iterator<String> endless = Stream.generate(() -> "x".repeat(1000)).iterator();
                        yield Response.of(new Iterator<String>() {
                            public boolean hasNext() {
                                return true;
                            }

                            public String next() {
                                seen.add("left");
                                return endless.next();
                            }
                        });
                    }
                    case "/wait" -> {
                        try {
                            Timers.sleep(Duration.ofSeconds(60));
                        } finally {
                            seen.add("waited");
                        }
                        yield "too late";
                    }
                    case "/seen" -> Response.of(List.copyOf(seen));
                    case "/ask" -> {
                        Context ctx = new Context(Model.load(PieRuntime.models().getFirst()));
                        ctx.appendText(request.text());
                        yield ctx.generate(Sampler.argmax(), GenerateOptions.of().maxTokens(4).stop(new String[0]).autoFlush(false)).collectText();
                    }
                    default -> Response.of("no such page", 404);
                };
            }
            """);

    private TestRuntime t;

    @BeforeAll
    void start() {
        t = new TestRuntime("dummy", TestRuntime.config(Language.PYTHON, Language.JAVASCRIPT, Language.JAVA));
    }

    @AfterAll
    void stop() {
        t.close();
    }

    @AfterEach
    void leavesNothing() {
        t.audit();
    }

    /** What the client gets. */
    private record Answer(int status, Map<String, String> headers, List<String> chunks, boolean whole) {
        String body() {
            return String.join("", chunks);
        }
    }

    /** A served program. */
    private final class App implements AutoCloseable {
        final RequestQueue queue = new RequestQueue();
        final InferletProcess process;

        App(Language language, String code) {
            var source = new ProgramSource(language, language.defaultFile(), code, Map.of(), "handle");
            process = t.runtime.launch(LaunchRequest.of(source, "{}").serving(queue));
        }

        App(Language language) {
            this(language, PROGRAMS.get(language));
        }

        Call call(String method, String path, String query) {
            var call = new Call(method, path, query, List.of("host", "here", "x-mark", "m"));
            queue.put(call);
            return call;
        }

        Answer get(String path) throws InterruptedException {
            return answer(call("GET", path, ""), List.of(), chunks -> false);
        }

        Answer post(String path, String... pieces) throws InterruptedException {
            return answer(call("POST", path, "a=1&b=x+y"), List.of(pieces), chunks -> false);
        }

        @Override
        public void close() {
            queue.close();
            Outcome outcome = process.outcome().orTimeout(60, TimeUnit.SECONDS).join();
            assertThat(outcome).as(outcome.toString()).isInstanceOf(Outcome.Completed.class);
        }
    }

    /** Do what the program asks for, as a connection would. @param leaves says when the client has had enough */
    private static Answer answer(Call call, List<String> pieces, Predicate<List<String>> leaves)
            throws InterruptedException {
        int status = 0;
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        var chunks = new ArrayList<String>();
        var left = new ArrayList<>(pieces);
        while (true) {
            Call.Step step = call.next(Duration.ofSeconds(20)).orElseThrow(() -> new AssertionError("nothing comes"));
            switch (step) {
                case Call.Step.Read read ->
                    read.piece()
                            .complete(
                                    left.isEmpty()
                                            ? Optional.empty()
                                            : Optional.of(left.removeFirst().getBytes(StandardCharsets.UTF_8)));
                case Call.Step.Head head -> {
                    status = head.status();
                    for (int i = 0; i < head.headers().size(); i += 2) {
                        headers.put(head.headers().get(i), head.headers().get(i + 1));
                    }
                }
                case Call.Step.Write write -> {
                    chunks.add(new String(write.piece(), StandardCharsets.UTF_8));
                    if (leaves.test(chunks)) {
                        call.leave();
                    }
                    write.done().complete(true);
                }
                case Call.Step.End end -> {
                    return new Answer(status, headers, chunks, true);
                }
                case Call.Step.Failed failed -> {
                    return new Answer(status, headers, chunks, false);
                }
                case Call.Step.Left gone -> {
                    return new Answer(status, headers, chunks, false);
                }
            }
        }
    }

    private static Object json(String text) {
        return JsonMapper.shared().readValue(text, Object.class);
    }

    private String errors(App app) throws InterruptedException {
        var out = new ByteArrayOutputStream();
        for (ProcessEvent event : TestRuntime.events(app.process)) {
            if (event instanceof ProcessEvent.Stderr stderr) {
                out.writeBytes(stderr.text().getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource(names = {"PYTHON", "JAVASCRIPT", "JAVA"})
    void requests_are_read_and_answered(Language language) throws Exception {
        try (var app = new App(language)) {
            assertThat(app.queue.ready().get(60, TimeUnit.SECONDS)).isTrue();
            assertThat(app.process.kind()).isEqualTo("app");
            Answer echo = app.post("/echo", "hel", "lo 🙂");
            assertThat(echo.status()).isEqualTo(200);
            assertThat(echo.headers().get("content-type")).isEqualTo("application/json");
            assertThat(json(echo.body()))
                    .isEqualTo(
                            json(
                                    "{\"method\":\"POST\",\"query\":{\"a\":\"1\",\"b\":\"x y\"},\"mark\":\"m\",\"body\":\"hello 🙂\"}"));
            Answer made = app.post("/json", "{\"n\":", "[1]}");
            assertThat(made.status()).isEqualTo(201);
            assertThat(made.headers().get("x-back")).isEqualTo("b");
            assertThat(json(made.body())).isEqualTo(json("{\"n\":[1]}"));
            Answer late = app.get("/late");
            assertThat(late.body()).isEqualTo("late");
            assertThat(late.headers().get("content-type")).startsWith("text/plain");
            assertThat(json(app.post("/pieces", "abc", "de").body())).isEqualTo(json("{\"sizes\":[3,2]}"));
            Answer stream = app.get("/stream");
            assertThat(stream.chunks()).containsExactly("one ", "two ", "three");
            assertThat(stream.headers().get("content-type")).isEqualTo("text/x-words");
            Answer sse = app.get("/sse");
            assertThat(sse.headers().get("content-type")).startsWith("text/event-stream");
            assertThat(sse.chunks().stream().map(c -> c.replace(": ", ":").replace("\": ", "\":")))
                    .containsExactly("data:a\ndata:b\n\n", "event:e\ndata:[1]\n\n", "data:{\"n\":1}\n\n");
            Answer none = app.get("/none");
            assertThat(none.status()).isEqualTo(204);
            assertThat(none.chunks()).isEmpty();
            assertThat(app.get("/nowhere").status()).isEqualTo(404);
            assertThat(app.post("/ask", "once upon").body()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PYTHON", "JAVASCRIPT", "JAVA"})
    void a_handler_that_fails_fails_its_request_alone(Language language) throws Exception {
        var app = new App(language);
        try (app) {
            Answer before = app.get("/fail");
            assertThat(before.whole()).isFalse();
            assertThat(before.status()).isZero();
            Answer within = app.get("/cut");
            assertThat(within.whole()).isFalse();
            assertThat(within.status()).isEqualTo(200);
            assertThat(within.body()).isEqualTo("begun");
            Answer broken = app.post("/json", "{");
            assertThat(broken.status()).isZero();
            assertThat(app.get("/seen").body()).contains("/fail", "/cut", "/json");
        }
        assertThat(errors(app)).contains("before the answer", "in the middle", "JSON");
    }

    @ParameterizedTest
    @EnumSource(names = {"PYTHON", "JAVASCRIPT", "JAVA"})
    void a_client_that_leaves_cancels_its_handler_alone(Language language) throws Exception {
        try (var app = new App(language)) {
            Call waiting = app.call("GET", "/wait", "");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> app.get("/seen").body().contains("/wait"));
            waiting.leave();
            Answer part = answer(app.call("GET", "/endless", ""), List.of(), chunks -> chunks.size() == 3);
            assertThat(part.whole()).isFalse();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> app.get("/seen").body().contains("waited"));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> app.get("/seen").body().contains("left"));
            assertThat(app.get("/late").body()).isEqualTo("late");
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> app.queue.open() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PYTHON", "JAVASCRIPT", "JAVA"})
    void requests_are_answered_beside_each_other_also_those_that_are_there_at_the_end(Language language)
            throws Exception {
        var app = new App(language);
        var calls = new ArrayList<CompletableFuture<Answer>>();
        for (int i = 0; i < 8; i++) {
            Call call = app.call("GET", "/late", "");
            calls.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return answer(call, List.of(), chunks -> false);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        app.close();
        assertThatThrownBy(() -> app.call("GET", "/late", ""))
                .isInstanceOfSatisfying(
                        PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_READY));
        for (CompletableFuture<Answer> call : calls) {
            assertThat(call.get(60, TimeUnit.SECONDS).body()).isEqualTo("late");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PYTHON", "JAVASCRIPT", "JAVA"})
    void the_end_of_the_process_ends_its_requests(Language language) throws Exception {
        var app = new App(language);
        Call waiting = app.call("GET", "/wait", "");
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> app.get("/seen").body().contains("/wait"));
        app.process.interrupt("owner");
        assertThat(answer(waiting, List.of(), chunks -> false).whole()).isFalse();
        Outcome outcome = app.process.outcome().get(60, TimeUnit.SECONDS);
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Failed.class, f -> assertThat(f.code()).isEqualTo(ErrorCode.CANCELLED));
    }

    @ParameterizedTest
    @EnumSource(names = {"PYTHON", "JAVASCRIPT", "JAVA"})
    void a_program_without_a_handler_is_none_that_serves(Language language) throws Exception {
        String code = switch (language) {
            case PYTHON -> "def main(input): return 1";
            case JAVA -> "int main() { return 1; } int handle(String x) { return 2; }";
            default -> "export const main = () => 1;";
        };
        var app = new App(language, code);
        assertThatThrownBy(() -> CompletableFuture.anyOf(
                                app.queue.ready(), app.process.outcome().thenApply(o -> {
                                    throw new IllegalStateException(((Outcome.Failed) o).message());
                                }))
                        .get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("handle");
    }
}
