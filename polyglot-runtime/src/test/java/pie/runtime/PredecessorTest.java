package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.process.Budget;
import pie.engine.process.Outcome;
import pie.engine.process.OwnerId;
import pie.engine.snapshot.SnapshotConfig;
import pie.engine.snapshot.SnapshotStore;

/** Have a program leave a secret wherever it can, and the next one, of another user, look for it wherever it may be. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
final class PredecessorTest {
    private static final String PYTHON = """
            import asyncio, builtins, contextvars, gc, json, os, re, sys, inferlet
            from inferlet import Context, Model, contexts, messaging, runtime

            def found():
                places = {
                    "builtins": getattr(builtins, "left", None), "module": getattr(inferlet, "left", None), "class": getattr(Context, "left", None),
                    "library": getattr(json, "left", None), "modules": sys.modules.get("left"), "environment": os.environ.get("LEFT"),
                    "argv": next((a for a in sys.argv if "secret" in a), None), "path": next((p for p in sys.path if "secret" in p), None),
                    "json": None if json.dumps([1]) == "[1]" else json.dumps([1]), "hook": getattr(sys, "left", None),
                    "tasks": next((str(t) for t in asyncio.all_tasks() if "secret" in t.get_name()), None),
                    "frames": next((str(f) for f in sys._current_frames().values() if "secret" in str(f.f_locals)), None)
                        if hasattr(sys, "_current_frames") else None,
                    "snapshots": next((r.name for r in contexts.list() if "secret" in r.name), None),
                }
                return {place: str(value) for place, value in places.items() if value is not None}

            async def main(input):
                model = Model.load(runtime.models()[0])
                before = found()
                try:
                    before["queue"] = await asyncio.wait_for(messaging.pull("left"), 0.05)
                except (asyncio.TimeoutError, TimeoutError):
                    pass
                own = Context(model).append(list(range(100, 164)))
                await own.flush()
                before["pages"] = str(runtime.stats().tokens_reused) if runtime.stats().tokens_reused else ""
                builtins.left = inferlet.left = Context.left = json.left = sys.left = "secret"
                sys.modules["left"] = json
                os.environ["LEFT"] = "secret"
                sys.argv.append("secret")
                sys.path.append("/secret")
                json.dumps = lambda *a, **k: "secret"
                asyncio.create_task(asyncio.sleep(3600), name="secret")
                own.save("secret", overwrite=True)
                messaging.push("left", "secret")
                return str({k: v for k, v in before.items() if v})
            """;
    private static final String JAVASCRIPT = """
            import * as pie from 'inferlet';
            import { Context, Model, contexts, messaging, runtime, timers } from 'inferlet';

            function found() {
              const places = {
                global: globalThis.left, prototype: {}.left, array: [].left, fn: (() => 0).left, api: Context.prototype.left, klass: Context.left,
                symbol: globalThis[Symbol.for('left')], regexp: RegExp.$1?.includes('secret') ? RegExp.$1 : undefined, json: JSON.left,
                promise: Promise.prototype.left, console: console.left, stack: Error.stackTraceLimit === 77 ? 77 : undefined,
                snapshots: contexts.list().map((r) => r.name).find((n) => n.includes('secret')), pie: globalThis.pie?.left,
              };
              return Object.fromEntries(Object.entries(places).filter(([, value]) => value !== undefined));
            }

            export async function main() {
              const before = found();
              await timers.timeout(messaging.pull('left'), 50).then((text) => { before.queue = text; }, () => {});
              const own = new Context(Model.load(runtime.models()[0])).append(Array.from({ length: 64 }, (_, i) => 100 + i));
              await own.flush();
              if (runtime.stats().tokensReused) before.pages = runtime.stats().tokensReused;
              const result = JSON.stringify(before);
              for (const place of [globalThis, Object.prototype, Array.prototype, Function.prototype, Context.prototype, Context, JSON, Promise.prototype, console]) {
                try { place.left = 'secret'; } catch {}
              }
              try { globalThis[Symbol.for('left')] = 'secret'; } catch {}
              /(secret)/.test('secret');
              Error.stackTraceLimit = 77;
              own.save('secret', { overwrite: true });
              messaging.push('left', 'secret');
              setInterval(() => {}, 1000);
              return result;
            }
            """;
    private static final String JAVA = """
            import java.time.Duration;
            import pie.engine.PieException;
            import pie.inferlet.*;

            static final Map<String, String> LEFT = new HashMap<>();

            Object main() {
                var before = new TreeMap<String, Object>(LEFT);
                try {
                    before.put("queue", Timers.timeout(Messaging.pullAsync("left"), Duration.ofMillis(50)));
                } catch (PieException e) {
                    LEFT.put("static", "secret");
                }
                Contexts.list().stream().map(SnapshotRecord::name).filter(n -> n.contains("secret")).forEach(n -> before.put("snapshot", n));
                var own = new Context(Model.first()).append(IntStream.range(100, 164).toArray());
                own.flush();
                if (PieRuntime.stats().tokensReused() > 0) {
                    before.put("pages", PieRuntime.stats().tokensReused());
                }
                own.save("secret", SaveOptions.of().overwrite(true));
                Messaging.push("left", "secret");
                return before;
            }
            """;

    @TempDir
    static Path snapshots;

    private TestRuntime t;

    @BeforeAll
    void start() {
        t = new TestRuntime(
                "dummy",
                TestRuntime.config(Language.PYTHON, Language.JAVASCRIPT, Language.JAVA),
                Optional.of(SnapshotStore.open(SnapshotConfig.of(snapshots))));
    }

    @AfterAll
    void stop() {
        t.close();
    }

    private void looksForIt(Language language, String program) throws Exception {
        for (String user : List.of("ann", "bob", "cy", "dan")) {
            var source = ProgramSource.of(language, language.defaultFile(), program);
            var request = new LaunchRequest(
                    new OwnerId(language.word() + user),
                    source,
                    "{}",
                    Optional.empty(),
                    Budget.UNLIMITED,
                    Map.of(),
                    OptionalLong.empty(),
                    true);
            assertThat(t.runtime.launch(request).outcome().get(120, TimeUnit.SECONDS))
                    .as(user)
                    .isEqualTo(new Outcome.Completed("{}"));
        }
    }

    @Test
    void pythonFindsNothing() throws Exception {
        looksForIt(Language.PYTHON, PYTHON);
    }

    @Test
    void javascriptFindsNothing() throws Exception {
        looksForIt(Language.JAVASCRIPT, JAVASCRIPT);
    }

    @Test
    void javaFindsNothing() throws Exception {
        looksForIt(Language.JAVA, JAVA);
    }
}
