package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;

/** Run Python programs whose awaits need no asyncio, and such that come to need it late. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PythonLoopTest {
    /** In a comment, the word that has a program run in asyncio's loop: both ways must do the same. */
    private static final String IN_ASYNCIO = "# asyncio\n";

    private final TestRuntime t = new TestRuntime("dummy", TestRuntime.config(Language.PYTHON));

    @AfterAll
    void stop() {
        t.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", IN_ASYNCIO})
    void generatorsLeftEarlyAreClosedAtTheEnd(String first) throws Exception {
        InferletProcess process = t.launch(Language.PYTHON, first + """
                from inferlet import session
                async def numbers():
                    try:
                        for i in range(9):
                            yield i
                    finally:
                        await session.send_async("x")
                        print("closed")
                kept = numbers()
                async def main(input):
                    async for n in kept:
                        print(n)
                        if n == 1:
                            break
                    return "end"
                """, "{}");
        assertThat(process.outcome().get(60, TimeUnit.SECONDS)).isInstanceOf(Outcome.Completed.class);
        assertThat(TestRuntime.printed(process)).isEqualTo("0\n1\nclosed\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", IN_ASYNCIO})
    void awaitsTimeOutAndLoseNothing(String first) throws Exception {
        InferletProcess process = t.launch(Language.PYTHON, first + """
                from inferlet import session, PieTimeoutError
                async def main(input):
                    try:
                        await session.receive(timeout=0.02)
                    except PieTimeoutError as e:
                        session.send(str(e))
                    return await session.receive(timeout=30)
                """, "{}");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> process.log().lastId() > 0);
        process.deliver("late");
        assertThat(((Outcome.Completed) process.outcome().get(60, TimeUnit.SECONDS)).value())
                .isEqualTo("late");
        assertThat(TestRuntime.events(process)).first().asString().contains("not done within 0.02 s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", IN_ASYNCIO})
    void anInterruptedWaitCleansUp(String first) throws Exception {
        InferletProcess process = t.launch(Language.PYTHON, first + """
                from inferlet import session
                async def main(input):
                    print("waiting")
                    try:
                        await session.receive()
                    finally:
                        print("cleaned")
                """, "{}");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> process.log().lastId() > 0);
        process.interrupt("owner");
        assertThat(process.outcome().get(60, TimeUnit.SECONDS)).isInstanceOf(Outcome.Failed.class);
        assertThat(TestRuntime.printed(process)).isEqualTo("waiting\ncleaned\n");
    }

    @Test
    void asyncioMayBeImportedInsideAFunction() throws Exception {
        assertThat(t.value(Language.PYTHON, """
                        async def main(input):
                            import asyncio
                            async def twice(n):
                                await asyncio.sleep(0)
                                return 2 * n
                            return sum(await asyncio.gather(twice(1), twice(2)))
                        """, "{}")).isEqualTo("6");
    }

    @Test
    void aBareYieldIsNoWait() throws Exception {
        assertThat(t.value(Language.PYTHON, """
                        class Turn:
                            def __await__(self):
                                yield
                                return 4
                        async def main(input):
                            return 1 + await Turn()
                        """, "{}")).isEqualTo("5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"def main():", "def main(input):", "def main(*all):", "main = lambda input='x':"})
    void entriesTakeTheInputIfTheyCan(String head) throws Exception {
        String code = head.startsWith("main") ? head + " 'ok'\n" : head + "\n    return 'ok'\n";
        assertThat(t.value(Language.PYTHON, code, "{\"a\": 1}")).isEqualTo("ok");
    }

    @Test
    void randomNumbersFollowTheSeedWhereverTheyAreImported() throws Exception {
        String code = """
                def main():
                    import random
                    return str(random.random())
                """;
        var source = ProgramSource.of(Language.PYTHON, Language.PYTHON.defaultFile(), code);
        LaunchRequest plain = LaunchRequest.of(source, "{}");
        var seeded = new LaunchRequest(
                plain.owner(),
                source,
                "{}",
                plain.model(),
                plain.budget(),
                plain.labels(),
                OptionalLong.of(7),
                plain.capture());
        Outcome one = t.runtime.launch(seeded).outcome().get(60, TimeUnit.SECONDS);
        Outcome two = t.runtime.launch(seeded).outcome().get(60, TimeUnit.SECONDS);
        assertThat(one).isInstanceOf(Outcome.Completed.class).isEqualTo(two);
    }

    @Test
    void recordsOfTheLibraryAreDataclassesToWhoeverAsks() throws Exception {
        assertThat(t.value(Language.PYTHON, """
                from inferlet import chat, reasoning, tools
                def main(input):
                    delta = chat.Event.Delta("x")
                    facts = [delta == chat.Event.Delta(text="x"), delta != chat.Event.Done("x"), repr(delta),
                             hash(delta) == hash(chat.Event.Delta("x")), repr(reasoning.Event.Start())]
                    match tools.Event.Call("f", "{}"):
                        case tools.Event.Call(name, args):
                            facts.append(name + args)
                    for wrong in (lambda: chat.Event.Delta(), lambda: chat.Event.Delta("x", text="y")):
                        try:
                            wrong()
                        except TypeError as e:
                            facts.append(str(e))
                    import copy, dataclasses
                    try:
                        delta.text = "y"
                    except dataclasses.FrozenInstanceError as e:
                        facts.append(str(e))
                    facts += [dataclasses.is_dataclass(delta), dataclasses.asdict(delta), copy.deepcopy(delta) == delta,
                              dataclasses.replace(delta, text="z").text, dataclasses.asdict(reasoning.Event.Idle())]
                    return facts
                """, "{}"))
                .isEqualTo("[true, true, \"Event.Delta(text='x')\", true, \"Event.Start()\", \"f{}\", "
                        + "\"Event.Delta takes (text)\", \"Event.Delta takes (text)\", "
                        + "\"cannot assign to field 'text'\", true, {\"text\": \"x\"}, true, \"z\", {}]");
    }

    /** What asyncio drags in costs more than the rest of a launch, so it is run when a program uses it. */
    @Test
    void asyncioIsImportedWithoutWhatItSeldomUses() throws Exception {
        assertThat(value("""
                import asyncio, sys
                def was_run(name):
                    module = sys.modules.get(name)
                    return module is not None and "__getattr__" not in vars(module)
                async def twice(n):
                    await asyncio.sleep(0)
                    return 2 * n
                async def main(input):
                    queue = asyncio.Queue()
                    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
                        group.create_task(queue.put(await asyncio.wait_for(twice(4), 30)))
                    numbers = await asyncio.gather(twice(1), twice(2), queue.get())
                    costly = ("concurrent.futures", "inspect", "logging", "signal", "socket", "ssl", "subprocess", "threading")
                    return {"numbers": numbers, "run": [name for name in costly if was_run(name)]}
                """)).isEqualTo("{\"numbers\": [2, 4, 8], \"run\": []}");
    }

    @Test
    void modulesThatAsyncioDidNotRunAreWholeForWhoUsesThem() throws Exception {
        assertThat(value("""
                import asyncio
                import asyncio.subprocess
                import concurrent.futures, enum, inspect, logging, signal, socket, sys, threading, typing
                from asyncio import *
                def refused(f):
                    try:
                        f()
                    except PermissionError as e:
                        return str(e)
                async def main(input):
                    logger = logging.getLogger("asyncio")
                    logger.handlers, logger.propagate = [logging.StreamHandler(sys.stdout)], False
                    asyncio.log.logger.warning("told %d", 7)
                    done = concurrent.futures.Future()
                    done.set_result(3)
                    return [
                        isinstance(socket.AF_INET6, enum.IntEnum), socket.AF_INET6.name, asyncio.subprocess.PIPE,
                        refused(lambda: signal.raise_signal(2)), refused(lambda: socket.socket()),
                        refused(lambda: threading.Thread(target=print).start()),
                        str(inspect.signature(twice)), inspect.iscoroutinefunction(twice), asyncio.iscoroutinefunction(twice),
                        str(typing.Optional[int]), StreamReader is asyncio.streams.StreamReader, await wrap_future(done),
                        hasattr(asyncio, "nonsense"), run is asyncio.run, TimeoutError is asyncio.TimeoutError,
                    ]
                async def twice(n: int) -> int:
                    return 2 * n
                """)).isEqualTo("""
                [true, "AF_INET6", -1, "raise_signal: programs neither send signals nor receive any", \
                "__init__: this program has no network permission", "_start_new_thread: programs have one thread; use asyncio", \
                "(n: int) -> int", true, true, "typing.Optional[int]", true, 3, false, true, true]""");
    }

    private String value(String program) throws Exception {
        InferletProcess process = t.launch(Language.PYTHON, program, "{}");
        return ((Outcome.Completed) process.outcome().get(60, TimeUnit.SECONDS)).value();
    }
}
