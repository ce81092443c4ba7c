package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.Budget;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessState;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class FamilyTest {
    private static final String WAITING = """
            import { runtime, messaging, session } from 'inferlet';
            export async function main({ child }) {
              if (child) return await messaging.pull('never');
              const children = [runtime.launch(runtime.program(), { child: true }), runtime.launch(runtime.program(), { child: true })];
              session.send('started');
              await Promise.all(children.map((c) => c.wait()));
            }
            """;

    private TestRuntime t;

    @BeforeAll
    void start() {
        t = new TestRuntime("dummy", TestRuntime.config(Language.JAVASCRIPT, Language.PYTHON));
    }

    @AfterAll
    void stop() {
        t.audit();
        t.close();
    }

    private InferletProcess launch(String code, Budget budget, Permissions permissions) {
        return t.runtime.launch(new LaunchRequest(
                        OwnerId.LOCAL,
                        ProgramSource.of(Language.JAVASCRIPT, "index.js", code),
                        "{}",
                        Optional.empty(),
                        budget,
                        Map.of(),
                        OptionalLong.empty(),
                        true)
                .permitted(permissions));
    }

    private static Outcome outcome(InferletProcess process) throws Exception {
        return process.outcome().get(120, TimeUnit.SECONDS);
    }

    @Test
    void aParentThatIsCancelledTakesItsChildrenWithIt() throws Exception {
        InferletProcess parent = launch(WAITING, Budget.UNLIMITED, Permissions.DEFAULT);
        Awaitility.await()
                .atMost(Duration.ofSeconds(120))
                .until(() -> children(parent).size() == 2
                        && children(parent).stream()
                                .allMatch(c -> c.waitingFor().equals("message")));
        parent.interrupt("owner");
        assertThat(outcome(parent).state()).isEqualTo(ProcessState.CANCELLED);
        for (InferletProcess child : children(parent)) {
            assertThat(outcome(child)).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
                assertThat(failed.code()).isEqualTo(ErrorCode.CANCELLED);
                assertThat(failed.details()).containsEntry("by", "parent");
            });
        }
    }

    private List<InferletProcess> children(InferletProcess parent) {
        return t.runtime.processes().stream()
                .filter(p -> ((GuestProcess<?>) p)
                        .parent()
                        .filter(of -> of == parent)
                        .isPresent())
                .toList();
    }

    @Test
    void aTokenBudgetIsTakenFromTheParents() throws Exception {
        InferletProcess process =
                launch("""
                import { runtime, Context, Model, Sampler } from 'inferlet';
                const use = async (n) => {
                  const ctx = new Context(Model.load(runtime.models()[0])).appendText('a');
                  await ctx.generate(Sampler.argmax(), { maxTokens: n, stop: [], autoFlush: false }).collectTokens();
                };
                const code = async (f) => { try { return await f(); } catch (e) { return e.code; } };
                export async function main({ tokens }) {
                  if (tokens) { await use(tokens); return 'used'; }
                  const start = (n, budget) => runtime.launch(runtime.program(), { tokens: n }, { tokenBudget: budget }).wait();
                  const before = runtime.stats().tokensLeft;
                  const told = [await code(() => start(10, 1000)), await code(() => start(30, 5)), await code(() => start(5, 20))];
                  const after = runtime.stats().tokensLeft;
                  return { told, before, less: after < before && after >= before - 20, over: await code(() => start(1, after + 1)) };
                }
                """, new Budget(OptionalLong.of(100), Optional.empty(), Optional.empty()), Permissions.DEFAULT);
        assertThat(outcome(process))
                .isEqualTo(new Outcome.Completed(
                        "{\"told\":[\"BUDGET_EXHAUSTED\",\"BUDGET_EXHAUSTED\",\"used\"],\"before\":100,\"less\":true,"
                                + "\"over\":\"BUDGET_EXHAUSTED\"}"));
    }

    @Test
    void aChildWithoutTokensOfItsOwnUsesTheParents() throws Exception {
        InferletProcess process =
                launch("""
                import { runtime, Context, Model, Sampler } from 'inferlet';
                const use = async (n) => {
                  const ctx = new Context(Model.load(runtime.models()[0])).appendText('a');
                  await ctx.generate(Sampler.argmax(), { maxTokens: n, stop: [], autoFlush: false }).collectTokens();
                };
                const code = async (f) => { try { return await f(); } catch (e) { return e.code; } };
                export async function main({ tokens }) {
                  if (tokens) { const left = runtime.stats().tokensLeft; await use(tokens); return left; }
                  const told = await runtime.launch(runtime.program(), { tokens: 60 }).wait();
                  return [told, await code(() => use(60)), runtime.stats().tokensLeft];
                }
                """, new Budget(OptionalLong.of(100), Optional.empty(), Optional.empty()), Permissions.DEFAULT);
        assertThat(outcome(process)).isEqualTo(new Outcome.Completed("[\"100\",\"BUDGET_EXHAUSTED\",0]"));
    }

    @Test
    void whatChildrenComputeCountsForTheirParents() throws Exception {
        InferletProcess parent = launch(
                """
                import { runtime } from 'inferlet';
                export async function main({ child }) {
                  if (child) for (;;) ;
                  try { await runtime.launch(runtime.program(), { child: true }).wait(); } catch (e) { return 'survived'; }
                }
                """,
                new Budget(OptionalLong.empty(), Optional.empty(), Optional.of(Duration.ofSeconds(2))),
                Permissions.DEFAULT);
        assertThat(outcome(parent)).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.state()).isEqualTo(ProcessState.EXHAUSTED);
            assertThat(failed.details())
                    .containsEntry("budget", "cpu")
                    .containsEntry("scope", "process")
                    .containsEntry("limit", 2.0);
        });
        for (InferletProcess child : children(parent)) {
            assertThat(outcome(child).state()).isIn(ProcessState.CANCELLED, ProcessState.EXHAUSTED);
        }
    }

    @Test
    void aChildThatOutlivesItsParentKeepsItsTime() throws Exception {
        // the first program of a language takes long
        outcome(launch("export const main = () => 'warm'", Budget.UNLIMITED, Permissions.DEFAULT));
        InferletProcess parent = launch(
                """
                import { runtime, messaging } from 'inferlet';
                export async function main({ child }) {
                  if (child) return await messaging.pull('never');
                  runtime.launch(runtime.program(), { child: true });
                  return 'gone';
                }
                """,
                new Budget(OptionalLong.empty(), Optional.of(Duration.ofSeconds(20)), Optional.empty()),
                Permissions.DEFAULT);
        assertThat(outcome(parent)).isEqualTo(new Outcome.Completed("gone"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(120))
                .until(() -> children(parent).size() == 1);
        assertThat(outcome(children(parent).getFirst())).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.state()).isEqualTo(ProcessState.EXHAUSTED);
            assertThat(failed.details())
                    .containsEntry("budget", "wall")
                    .containsEntry("scope", "parent")
                    .containsEntry("limit", 20.0);
        });
    }

    @Test
    void launchingIsAPermission() throws Exception {
        InferletProcess process = launch("""
                import { runtime } from 'inferlet';
                export function main() { try { runtime.launch(runtime.program(), {}); } catch (e) { return e.code; } }
                """, Budget.UNLIMITED, Permissions.DEFAULT.withLaunch(false));
        assertThat(outcome(process)).isEqualTo(new Outcome.Completed("PERMISSION_DENIED"));
    }

    @Test
    void whatTheServerDoesNotAllowIsRefusedAtLaunch() {
        for (Permissions beyond : List.of(
                Permissions.DEFAULT.withNetwork(NetworkRule.ANY),
                Permissions.DEFAULT.withFiles(true),
                Permissions.DEFAULT.withPublish(true))) {
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> launch("export const main = 1", Budget.UNLIMITED, beyond))
                    .isInstanceOfSatisfying(
                            PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
        }
    }

    @Test
    void manyChildrenOfManyParentsAllRun() throws Exception {
        InferletProcess process = launch("""
                import { runtime } from 'inferlet';
                export async function main({ depth = 3 }) {
                  if (depth === 0) return '1';
                  const all = Array.from({ length: 4 }, () => runtime.launch(runtime.program(), { depth: depth - 1 }).wait());
                  return String((await Promise.all(all)).reduce((a, b) => a + Number(b), 0));
                }
                """, Budget.UNLIMITED, Permissions.DEFAULT);
        assertThat(outcome(process)).isEqualTo(new Outcome.Completed("64"));
    }

    @Test
    void programsOfTheUserAreFoundByName() throws Exception {
        assertThat(outcome(t.runtime.launch(LaunchRequest.of(
                        ProgramSource.of(Language.PYTHON, "adder.py", "def main(input): return input.get('a', 0) + 1"),
                        "{}"))))
                .isEqualTo(new Outcome.Completed("1"));
        InferletProcess process = launch("""
                import { runtime } from 'inferlet';
                export async function main() { return await runtime.launch('adder@0.0.0', { a: 41 }).wait(); }
                """, Budget.UNLIMITED, Permissions.DEFAULT);
        assertThat(outcome(process)).isEqualTo(new Outcome.Completed("42"));
    }
}
