package pie.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pie.cpu.Harness;
import pie.cpu.Harness.Slice;
import pie.cuda.api.CopyStream;
import pie.cuda.api.CudaApi;
import pie.cuda.api.JCudaApi;
import pie.cuda.api.ParamBlock;
import pie.cuda.emulator.Emulator;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.ForwardBatch;
import pie.engine.model.ModelFiles;
import pie.engine.testing.DriverBench;
import pie.engine.testing.DriverBench.Request;
import pie.engine.testing.TestAdapters;

/**
 * Break one of the driver's calls and run prompts, decode steps and a page copy on the emulator: it must show, by another token or logit,
 * a fault, or a finding.
 */
@ExtendWith(Emulator.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CallMutationTest {
    private static final DriverConfig CONFIG = new DriverConfig("auto", 16, 32, 0, 64, 8, java.util.Map.of());

    private static final CudaOptions OPTIONS =
            CudaOptions.of(java.util.Map.of("compiler", "driver", "matmuls", "cublas"));

    private ModelFiles model;
    private List<float[]> expected;

    @BeforeAll
    void open() {
        Emulator.load();
        Emulator.reset();
        model = TinyModels.open("tiny-llama");
        List<float[]> first = outcome(api -> api);
        expected = first;
        assertThat(Emulator.findings()).isEmpty();
    }

    @AfterAll
    void close() {
        model.close();
    }

    @AfterEach
    void reset() {
        Emulator.reset();
    }

    /** Change what follows the {@code nth} call, counted from 0. */
    private abstract static class Nth extends ForwardingApi {
        private int calls;

        Nth(CudaApi to) {
            super(to);
        }

        boolean is(int nth) {
            return calls++ == nth;
        }
    }

    static Stream<Arguments> mutants() {
        return Stream.of(
                        callMutants(),
                        early("does not await those before it", wait -> "", end -> end),
                        early("awaits those before it at its end", wait -> "", end -> AWAIT + end))
                .flatMap(all -> all);
    }

    private static Stream<Arguments> callMutants() {
        return Stream.of(
                mutant("results are read without waiting", api -> new ForwardingApi(api) {
                    @Override
                    public boolean reached(Event event) {
                        return true;
                    }

                    @Override
                    public void await(Event event) {}
                }),
                mutant("the end of a step is not recorded", api -> new ForwardingApi(api) {
                    @Override
                    public void record(Event event) {}
                }),
                mutant("the end is recorded before the results are copied", api -> new ForwardingApi(api) {
                    private final List<Runnable> held = new ArrayList<>();

                    @Override
                    public void copyOut(MemorySegment at, long from, long bytes) {
                        held.add(() -> to.copyOut(at, from, bytes));
                    }

                    @Override
                    public void record(Event event) {
                        to.record(event);
                        held.forEach(Runnable::run);
                        held.clear();
                    }
                }),
                mutant("inputs are not sent", api -> new Nth(api) {
                    @Override
                    public void copyIn(long at, MemorySegment from, long bytes) {
                        if (!is(4)) {
                            to.copyIn(at, from, bytes);
                        }
                    }
                }),
                mutant("the last word of every copy is missing", api -> new ForwardingApi(api) {
                    @Override
                    public void copyIn(long at, MemorySegment from, long bytes) {
                        to.copyIn(at, from, Math.max(0, bytes - 4));
                    }
                }),
                mutant("copies run past the buffer", api -> new ForwardingApi(api) {
                    @Override
                    public void copyIn(long at, MemorySegment from, long bytes) {
                        to.copyIn(at, from, bytes + (1 << 26));
                    }
                }),
                mutant("results are not copied", api -> new ForwardingApi(api) {
                    @Override
                    public void copyOut(MemorySegment at, long from, long bytes) {}
                }),
                mutant("results are copied before the step", api -> new ForwardingApi(api) {
                    private boolean first = true;

                    @Override
                    public void copyOut(MemorySegment at, long from, long bytes) {
                        if (first) {
                            to.copyOut(at, from, bytes);
                            to.synchronize();
                            first = false;
                        }
                    }
                }),
                mutant("memory is not cleared", api -> new ForwardingApi(api) {
                    @Override
                    public void fill(long at, byte value, long bytes) {}
                }),
                mutant("memory is cleared with something else", api -> new ForwardingApi(api) {
                    @Override
                    public void fill(long at, byte value, long bytes) {
                        to.fill(at, (byte) 0x41, bytes);
                    }
                }),
                mutant("allocations are too small", api -> new ForwardingApi(api) {
                    @Override
                    public long allocate(long bytes) {
                        return to.allocate(Math.max(1, bytes - 16));
                    }
                }),
                mutant("memory in use is freed", api -> new Nth(api) {
                    @Override
                    public long allocate(long bytes) {
                        long address = to.allocate(bytes);
                        if (is(3)) {
                            to.free(address);
                        }
                        return address;
                    }
                }),
                mutant("memory is freed twice", api -> new Nth(api) {
                    @Override
                    public long allocate(long bytes) {
                        long address = to.allocate(bytes);
                        if (is(0)) {
                            to.free(address);
                            to.free(address);
                        }
                        return address;
                    }
                }),
                mutant("a launch has a block too few", api -> new ForwardingApi(api) {
                    @Override
                    public void launch(
                            Function function, int gridX, int gridY, int threads, ParamBlock params, boolean early) {
                        to.launch(function, Math.max(1, gridX - 1), gridY, threads, params, early);
                    }
                }),
                mutant("a launch has half its threads", api -> new ForwardingApi(api) {
                    @Override
                    public void launch(
                            Function function, int gridX, int gridY, int threads, ParamBlock params, boolean early) {
                        to.launch(function, gridX, gridY, threads / 2, params, early);
                    }
                }),
                mutant("a launch has more threads than a block may", api -> new ForwardingApi(api) {
                    @Override
                    public void launch(
                            Function function, int gridX, int gridY, int threads, ParamBlock params, boolean early) {
                        to.launch(function, gridX, gridY, 8 * threads, params, early);
                    }
                }),
                mutant("two launches change places", api -> new ForwardingApi(api) {
                    private Runnable held = () -> {};
                    private int launches;

                    @Override
                    public void launch(
                            Function function, int gridX, int gridY, int threads, ParamBlock params, boolean early) {
                        if (launches++ % 5 == 3) {
                            held = () -> to.launch(function, gridX, gridY, threads, params, early);
                            return;
                        }
                        to.launch(function, gridX, gridY, threads, params, early);
                        held.run();
                        held = () -> {};
                    }
                }),
                mutant("each ninth launch is lost", api -> new ForwardingApi(api) {
                    private int launches;

                    @Override
                    public void launch(
                            Function function, int gridX, int gridY, int threads, ParamBlock params, boolean early) {
                        if (++launches % 9 != 0) {
                            to.launch(function, gridX, gridY, threads, params, early);
                        }
                    }
                }),
                mutant("a capture waits for the device", api -> new ForwardingApi(api) {
                    @Override
                    public void beginCapture() {
                        to.beginCapture();
                        to.synchronize();
                    }
                }),
                mutant("a capture allocates", api -> new ForwardingApi(api) {
                    @Override
                    public void beginCapture() {
                        to.beginCapture();
                        to.allocate(16);
                    }
                }),
                mutant("a capture is begun twice", api -> new ForwardingApi(api) {
                    @Override
                    public void beginCapture() {
                        to.beginCapture();
                        to.beginCapture();
                    }
                }),
                mutant("a graph is launched after it was freed", api -> new ForwardingApi(api) {
                    @Override
                    public Graph endCapture() {
                        Graph graph = to.endCapture();
                        to.free(graph);
                        return graph;
                    }
                }),
                mutant("a recorded step is never launched", api -> new ForwardingApi(api) {
                    @Override
                    public void launch(Graph graph) {}
                }),
                copies("pages are copied the other way", c -> new ForwardingCopies(c) {
                    @Override
                    public void copy(long at, long from, long bytes) {
                        to.copy(from, at, bytes);
                    }
                }),
                copies("pages are copied in part", c -> new ForwardingCopies(c) {
                    @Override
                    public void copy(long at, long from, long bytes) {
                        to.copy(at, from, bytes / 2);
                    }
                }),
                copies("pages are copied before the step that writes them", c -> new ForwardingCopies(c) {
                    @Override
                    public void waitFor(CudaApi.Event event) {}
                }),
                mutant("steps do not wait for pages that are copied", api -> new SlowCopies(api) {
                    @Override
                    public void waitFor(Event event) {}
                }),
                copies("the end of a move is recorded before its copies", c -> new ForwardingCopies(c) {
                    private final List<Runnable> held = new ArrayList<>();

                    @Override
                    public void copyOut(MemorySegment at, long from, long bytes) {
                        held.add(() -> to.copyOut(at, from, bytes));
                    }

                    @Override
                    public void record(CudaApi.Event event) {
                        to.record(event);
                        held.forEach(Runnable::run);
                        held.clear();
                    }
                }),
                copies("pages for the host are not copied", c -> new ForwardingCopies(c) {
                    @Override
                    public void copyOut(MemorySegment at, long from, long bytes) {}
                }),
                copies("pages from the host are sent short", c -> new ForwardingCopies(c) {
                    @Override
                    public void copyIn(long at, MemorySegment from, long bytes) {
                        to.copyIn(at, from, bytes - 64);
                    }
                }),
                copies("pages from the host come after they are spread", c -> new ForwardingCopies(c) {
                    private Runnable held = () -> {};

                    @Override
                    public void copyIn(long at, MemorySegment from, long bytes) {
                        held = () -> to.copyIn(at, from, bytes);
                    }

                    @Override
                    public void copy(long at, long from, long bytes) {
                        to.copy(at, from, bytes);
                        held.run();
                        held = () -> {};
                    }
                }),
                copies("the move's events are not recorded", c -> new ForwardingCopies(c) {
                    @Override
                    public void record(CudaApi.Event event) {}
                }),
                mutant("an adapter's numbers are sent after it is named", api -> new ForwardingApi(api) {
                    @Override
                    public void copyIn(long at, MemorySegment from, long bytes) {
                        if (bytes != ADAPTER_ENTRY) { // the entry stays as it was: no adapter
                            to.copyIn(at, from, bytes);
                        }
                    }
                }),
                mutant("masks that come late are not sent", api -> new ForwardingApi(api) {
                    @Override
                    public void copyIn(long at, MemorySegment from, long bytes) {
                        if (bytes != MASK_BYTES) {
                            to.copyIn(at, from, bytes);
                        }
                    }
                }),
                mutant("cuBLAS works on a stream of its own", api -> new ForwardingApi(api) {
                    @Override
                    public long stream() {
                        return 0;
                    }
                }),
                mutant("pinned memory is freed before its copy ran", api -> new ForwardingApi(api) {
                    @Override
                    public void copyOut(MemorySegment at, long from, long bytes) {
                        to.copyOut(at, from, bytes);
                        to.freeHost(at);
                    }
                }),
                mutant("waiting is left to another thread", api -> new ForwardingApi(api) {
                    @Override
                    public void synchronize() {
                        RuntimeException[] failure = new RuntimeException[1];
                        Thread other = new Thread(() -> {
                            try {
                                to.synchronize();
                            } catch (RuntimeException e) {
                                failure[0] = e;
                            }
                        });
                        other.start();
                        try {
                            other.join();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                        if (failure[0] != null) {
                            throw failure[0];
                        }
                    }
                }),
                mutant("the kernels of the other format are loaded", api -> new ForwardingApi(api) {
                    @Override
                    public void load(byte[] image) {
                        Matcher attention = Pattern.compile("attention_([0-9]+)\\(")
                                .matcher(new String(image, StandardCharsets.US_ASCII));
                        assertThat(attention.find()).isTrue();
                        to.load(KernelSource.ptx(
                                        NumberFormat.BF16, Integer.parseInt(attention.group(1)), to.computeCapability())
                                .getBytes(StandardCharsets.US_ASCII));
                    }
                }),
                mutant("the context is left with all that is in it", api -> new ForwardingApi(api) {
                    @Override
                    public void close() {
                        jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease(new jcuda.driver.CUdevice());
                    }
                }));
    }

    private static final String AWAIT = "griddepcontrol.wait;";

    /** Change, in each kernel that may begin early, where it waits, and what stands before its end. */
    private static Stream<Arguments> early(String defect, UnaryOperator<String> wait, UnaryOperator<String> end) {
        return Stream.of(
                        "norm_gemm_rotate_8",
                        "attention_16",
                        "gemm_add_8",
                        "norm_gemm_swiglu_8",
                        "gemm_store_8",
                        "sample")
                .map(kernel -> mutant(kernel + " " + defect, api -> new ForwardingApi(api) {
                    @Override
                    public void load(byte[] image) {
                        String ptx = new String(image, StandardCharsets.US_ASCII);
                        int from = ptx.indexOf(".visible .entry " + kernel + "(");
                        int to = ptx.indexOf("\n}", from);
                        String text = ptx.substring(from, to);
                        assertThat(text).contains(AWAIT, "ret;");
                        String changed = text.replace(AWAIT, wait.apply(AWAIT)).replace("ret;", end.apply("ret;"));
                        super.load((ptx.substring(0, from) + changed + ptx.substring(to))
                                .getBytes(StandardCharsets.US_ASCII));
                    }
                }));
    }

    /** Bytes of an entry of a table of adapters, and of a logit mask of the tiny model: nothing else is sent in this size. */
    private static final long ADAPTER_ENTRY = 24;

    private static final long MASK_BYTES = 16;

    /** Let moves take long; no defect by itself. */
    private static class SlowCopies extends ForwardingApi {
        private static final int QUERIES = 500;
        private final Set<Event> moves = new HashSet<>();
        private int queries;

        SlowCopies(CudaApi to) {
            super(to);
        }

        @Override
        public CopyStream copies() {
            return new ForwardingCopies(to.copies()) {
                @Override
                public void record(Event event) {
                    moves.add(event);
                    to.record(event);
                }
            };
        }

        @Override
        public boolean reached(Event event) {
            return (!moves.contains(event) || ++queries % QUERIES == 0) && to.reached(event);
        }
    }

    @Test
    void movesThatTakeLongChangeNothing() {
        List<float[]> actual = outcome(SlowCopies::new);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i)).as("outcome %d", i).isEqualTo(expected.get(i));
        }
        assertThat(Emulator.findings()).isEmpty();
    }

    private static Arguments copies(String defect, UnaryOperator<CopyStream> change) {
        return mutant(defect, api -> ForwardingCopies.in(api, change.apply(api.copies())));
    }

    private static Arguments mutant(String defect, Function<CudaApi, CudaApi> change) {
        return Arguments.of(defect, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    void defectsAreCaught(String defect, Function<CudaApi, CudaApi> change) {
        Emulator.set("budget", 20_000_000);
        String why = "";
        try {
            List<float[]> actual = outcome(change);
            for (int i = 0; i < expected.size(); i++) {
                if (!Arrays.equals(actual.get(i), expected.get(i))) {
                    why = "outcome " + i + " differs";
                    break;
                }
            }
        } catch (RuntimeException | AssertionError e) {
            why = e.toString();
        }
        List<String> findings = Emulator.findings();
        assertThat(findings.isEmpty() ? why : findings.getFirst())
                .as("what caught: %s", defect)
                .isNotEmpty();
    }

    /** Run prompts, decode steps that are recorded and replayed, and a fork; returns logits and tokens. */
    private List<float[]> outcome(Function<CudaApi, CudaApi> change) {
        List<float[]> all = new ArrayList<>();
        CudaLimits limits = CudaLimits.of(model.config(), CONFIG);

        try (CudaDriver driver = new CudaDriver(() -> CudaMachine.open(
                change.apply(JCudaApi.open(0)), model, limits, NumberFormat.F16, OPTIONS, line -> {}))) {
            Harness h = new Harness(driver);
            var first = h.context();
            var second = h.context();
            for (var o : h.pass(List.of(Slice.probed(first, prompt(21, 3)), Slice.probed(second, prompt(5, 8))))) {
                all.addAll(Arrays.asList(o.logits()));
            }
            int a = 1;
            int b = 2;
            for (int i = 0; i < 4; i++) {
                var o = h.pass(List.of(Slice.drawn(first, new int[] {a}), Slice.drawn(second, new int[] {b})));
                a = o.get(0).token();
                b = o.get(1).token();
                all.add(new float[] {a, b});
            }
            var fork = h.fork(first);
            all.addAll(Arrays.asList(h.pass(List.of(Slice.probed(fork, new int[] {a})))
                    .getFirst()
                    .logits()));
            moves(driver, all);
        }
        return all;
    }

    /** Move pages while steps that read and write them are under way; draw with a late mask; run many rows with an adapter. */
    private void moves(Driver driver, List<float[]> all) {
        DriverBench bench = new DriverBench(driver);
        int[] tokens = prompt(48, 9);
        int[] pages = {16, 17, 18};
        ForwardBatch first = bench.batch(List.of(Request.of(tokens, 0, pages)));
        bench.draw(first, 47, 3, 48);
        var wrote = bench.submit(first);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment host = arena.allocate(4 * driver.capabilities().kvBytesPerPage(), 64);
            var read = bench.reading(pages, new int[] {2, 0, 1}, host);
            // overwrites what is being read
            ForwardBatch second = bench.batch(List.of(Request.of(prompt(48, 10), 0, pages)));
            bench.draw(second, 47, 3, 48);
            var overwrote = bench.submit(second);
            all.add(new float[] {DriverBench.await(wrote).token[0]});
            DriverBench.await(read);
            long bytes = 3 * driver.capabilities().kvBytesPerPage();
            all.add(new float[] {Arrays.hashCode(host.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE))});
            all.add(new float[] {DriverBench.await(overwrote).token[0]});
            var written = bench.writing(new int[] {1, 2, 0}, new int[] {22, 20, 21}, host);
            ForwardBatch third = bench.batch(List.of(Request.of(new int[] {5}, 48, new int[] {20, 21, 22, 23})));
            bench.probeLogits(third, 0);
            all.add(DriverBench.logits(DriverBench.await(bench.submit(third)), 0));
            DriverBench.await(written);
        }
        ForwardBatch late = bench.batch(List.of(Request.of(new int[] {7}, 48, new int[] {16, 17, 18, 19})));
        bench.draw(late, 0, 4, 49);
        late.late[0] = true;
        driver.supplyLate(late.step, 0, new long[] {1L << 33 | 1L << 34, 0});
        all.add(new float[] {bench.run(late).token[0]});
        bench.load(2, TestAdapters.random(Optional.of(model.config()), 8, 4, 1));
        ForwardBatch adapted = bench.batch(List.of(Request.of(prompt(60, 11), 0, new int[] {24, 25, 26, 27})));
        adapted.adapter[0] = 2;
        bench.probeLogits(adapted, 59);
        all.add(DriverBench.logits(bench.run(adapted), 0));
    }

    private int[] prompt(int length, int seed) {
        return new java.util.Random(seed)
                .ints(length, 0, model.config().vocab())
                .toArray();
    }
}
