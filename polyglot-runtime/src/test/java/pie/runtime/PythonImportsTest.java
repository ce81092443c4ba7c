package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pie.engine.event.EventLog;
import pie.engine.process.InferletProcess;

/** What a Python program finds imported when it begins, and that what is not there yet is there once it is named. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PythonImportsTest {
    /** No guest is made ahead, so that none has had time to import more than it must. */
    private final TestRuntime t = new TestRuntime(
            "dummy",
            new RuntimeConfig(
                    Set.of(Language.PYTHON),
                    0,
                    false,
                    8,
                    64,
                    Duration.ofSeconds(2),
                    RuntimeConfig.DEFAULT.guestMemory(),
                    EventLog.Limits.DEFAULT,
                    Duration.ofMinutes(1)));

    @AfterAll
    void stop() {
        t.close();
    }

    @Test
    void aProgramPaysForNothingThatItDoesNotImport() throws Exception {
        assertThat(value("""
                import sys
                from inferlet import Context, Model, Sampler, runtime
                async def main(input):
                    ctx = Context(Model.load(runtime.models()[0])).append_text(input["text"])
                    await ctx.generate(Sampler.argmax(), max_tokens=1).collect_tokens()
                    try:
                        Model.load("none")
                    except LookupError:
                        pass
                    return sorted(set(input["unwanted"].split()) & sys.modules.keys())
                """, """
                {"text": "a", "unwanted": "json re enum functools collections dataclasses inspect traceback asyncio inferlet._later \
                inferlet.adapter inferlet.chat inferlet.contexts inferlet.filesystem inferlet.grammar inferlet.http inferlet.mask \
                inferlet.mcp inferlet.messaging inferlet.polyglot inferlet.reasoning inferlet.scheduling inferlet.session \
                inferlet.spec inferlet.timers inferlet.tools inferlet.zo"}""")).isEqualTo("[]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from inferlet import {0}; found = {0}",
                "import inferlet; found = inferlet.{0}",
                "import inferlet.{0}; found = inferlet.{0}",
                "from inferlet import *; found = globals().get('{0}') or __import__('inferlet.{0}').{0}",
                "import importlib; found = importlib.import_module('inferlet.{0}')"
            })
    void eachModuleIsThereInEachFormOfImport(String form) throws Exception {
        assertThat(value("""
                import sys, types
                FORM = %s
                NAMES = ["adapter", "chat", "contexts", "errors", "filesystem", "grammar", "http", "mask", "mcp", "messaging",
                         "polyglot", "reasoning", "runtime", "scheduling", "session", "spec", "timers", "tools", "zo"]
                def main(input):
                    wrong = []
                    for name in NAMES:
                        scope = {}
                        exec(FORM.replace("{0}", name), scope)
                        if type(scope["found"]) is not types.ModuleType or scope["found"] is not sys.modules["inferlet." + name]:
                            wrong.append(name)
                    return wrong
                """.formatted(quoted(form)), "{}")).isEqualTo("[]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"from inferlet import {0}; found = {0}", "import inferlet; found = inferlet.{0}"})
    void eachNameIsThatOfItsModule(String form) throws Exception {
        assertThat(value("""
                import pickle, sys
                FORM = %s
                def main(input):
                    import inferlet
                    listed, wrong = dir(inferlet), []
                    for name in inferlet.__all__:
                        scope = {}
                        exec(FORM.replace("{0}", name), scope)
                        found = scope["found"]
                        if name not in listed or found is not getattr(inferlet, name):
                            wrong.append(name)
                        if isinstance(found, type) and (getattr(sys.modules[found.__module__], name) is not found
                                                        or pickle.loads(pickle.dumps(found)) is not found):
                            wrong.append(name)
                    everything = {}
                    exec("from inferlet import *", everything)
                    return wrong + sorted(set(inferlet.__all__) - everything.keys())
                """.formatted(quoted(form)), "{}")).isEqualTo("[]");
    }

    @Test
    void whatTheModulesDoNotHaveTheyRefuse() throws Exception {
        assertThat(value("""
                import inferlet
                from inferlet import errors
                def main(input):
                    said = []
                    for module in (inferlet, errors):
                        try:
                            module.nonsense
                        except AttributeError as e:
                            said.append(str(e))
                    try:
                        from inferlet import nonsense
                    except ImportError as e:
                        said.append(e.name)
                    return said
                """, "{}"))
                .isEqualTo("[\"module 'inferlet' has no attribute 'nonsense'\", "
                        + "\"module 'inferlet.errors' has no attribute 'nonsense'\", \"inferlet\"]");
    }

    @Test
    void codesOfErrorsAreMembersOfAnEnumeration() throws Exception {
        assertThat(value("""
                import inferlet
                def main(input):
                    made = inferlet.NotFoundError("x", details={"kind": "model"})
                    import copy, enum, pickle, sys
                    from inferlet import ErrorCode, errors
                    back = pickle.loads(pickle.dumps(made))
                    given = inferlet.PieError("y", code="OVERLOADED")
                    again = inferlet.PieError("y", code=ErrorCode.TIMEOUT)
                    try:
                        inferlet.PieError("z", code="nonsense")
                    except ValueError as e:
                        refused = str(e)
                    try:
                        made.nonsense
                    except AttributeError as e:
                        missing = str(e)
                    made.code = ErrorCode.CONFLICT
                    return [issubclass(ErrorCode, enum.Enum), isinstance(ErrorCode.TIMEOUT, str), ErrorCode is errors.ErrorCode,
                            str(ErrorCode.TIMEOUT), f"{ErrorCode.TIMEOUT}", repr(ErrorCode("TIMEOUT")), len(ErrorCode),
                            pickle.loads(pickle.dumps(ErrorCode.TIMEOUT)) is ErrorCode.TIMEOUT,
                            back.code is ErrorCode.NOT_FOUND, back.details, str(back), copy.copy(given).code is ErrorCode.OVERLOADED,
                            again.code is ErrorCode.TIMEOUT, made.code is ErrorCode.CONFLICT, inferlet.PieError().code, refused, missing]
                """, "{}")).isEqualTo("""
                [true, true, true, "TIMEOUT", "TIMEOUT", "<ErrorCode.TIMEOUT: 'TIMEOUT'>", 33, true, true, {"kind": "model"}, "x", \
                true, true, true, "INTERNAL", "'nonsense' is not a valid ErrorCode", \
                "'NotFoundError' object has no attribute 'nonsense'"]""");
    }

    /** The library reads and writes JSON itself; the standard library says what is right. */
    @Test
    void jsonIsReadAndWrittenAsByTheStandardLibrary() throws Exception {
        assertThat(value("""
                import enum, json
                from inferlet import _json
                class Word(str, enum.Enum):
                    A = "a"
                class Number(enum.IntEnum):
                    B = 3
                TEXTS = ['{"a": [1, 2.5, null, true, NaN, -Infinity, "\\\\u00e9\\\\ud83d\\\\ude42\\\\n"]}', ' [1] \\n', '"x"', "12", "1e400",
                         "", "{", "[1] x", '{"a": 1,}', '"\\t"', "nul", "\\ufeff{}", "123456789012345678901234567890", "-0.0",
                         '{"a": 1, "a": 2}', b"[1]", 7]
                ROUND = []
                ROUND.append(ROUND)
                VALUES = [{"a": [1, 2.5, None, True, float("nan"), float("inf"), '\\u00e9\\U0001f642\\n"\\\\\\x01']}, ROUND, {(1,): 2},
                          {1: 2, None: 3, True: 4, 2.5: 1}, object, set(), Word.A, Number.B, [Word.A, Number.B, {Number.B: 1, Word.A: 2}],
                          "\\u00e9", b"x", range(3), (), {}, [], 10**30]
                def told(f, *values, **options):
                    try:
                        return repr(f(*values, **options))
                    except Exception as e:
                        return f"{type(e).__name__}: {e}"
                def main(input):
                    wrong = [text for text in TEXTS if told(_json.loads, text) != told(json.loads, text)]
                    for options in ({}, {"default": str}, {"ensure_ascii": False}, {"default": str, "ensure_ascii": False}):
                        wrong += [repr(v) for v in VALUES if told(_json.dumps, v, **options) != told(json.dumps, v, **options)]
                    return wrong
                """, "{}")).isEqualTo("[]");
    }

    /** A first file that defines no entry is a script. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "def main(): pass | main",
                "async  def main(): pass | main",
                "class main: pass | main",
                "main = print | main",
                "if 1: main = print | __main__",
                "def main2(): pass | __main__",
                "'' # def main | __main__"
            })
    void aFileWithoutAnEntryIsAScript(String line, String name) throws Exception {
        InferletProcess process = t.launch(Language.PYTHON, "print(__name__)\n" + line + "\n", "{}");
        process.outcome().get(60, TimeUnit.SECONDS);
        assertThat(TestRuntime.printed(process).lines().findFirst().orElseThrow())
                .isEqualTo(name);
    }

    private String value(String program, String input) throws Exception {
        return t.value(Language.PYTHON, program, input);
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }
}
