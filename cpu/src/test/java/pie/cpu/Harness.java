package pie.cpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import pie.engine.driver.CopyList;
import pie.engine.driver.CopySink;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.DriverFault;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.ProbeKind;
import pie.engine.driver.SamplerStage;
import pie.engine.driver.StepSink;

/** Drive a driver as an engine would, one step at a time: contexts with pages, slices in, tokens and logits out. */
public final class Harness {
    /** Pages and length of one context. */
    public static final class Context {
        final List<Integer> pages = new ArrayList<>();
        int length;
    }

    /** Tokens to append, whether a greedy token is drawn after the last, and whether logits of all rows are wanted. */
    public record Slice(Context context, int[] tokens, boolean draw, boolean logits, boolean reread, long[] mask) {
        public static Slice drawn(Context context, int[] tokens) {
            return new Slice(context, tokens, true, false, false, new long[0]);
        }

        public static Slice probed(Context context, int[] tokens) {
            return new Slice(context, tokens, false, true, false, new long[0]);
        }

        /** Read the context's last tokens again. */
        public static Slice again(Context context, int[] tokens) {
            return new Slice(context, tokens, false, true, true, new long[0]);
        }

        public Slice masked(long[] bits) {
            return new Slice(context, tokens, draw, logits, reread, bits);
        }
    }

    /** Drawn token (-1 if none) and logits of each row. */
    public record Outcome(int token, float[][] logits) {}

    /**
     * Return the default configuration without warm-up, and with the options of system property {@code pie.test.cpu}, such as
     * {@code kernels=onednn,weights=bf16}: so all tests run on kernels that are not this machine's first choice.
     */
    static DriverConfig config() {
        return options(DriverConfig.DEFAULT);
    }

    /** Return a configuration without warm-up, and with the options of {@link #config}. */
    static DriverConfig options(DriverConfig of) {
        DriverConfig config = of.withOption("warmup", "false");
        for (String option : System.getProperty("pie.test.cpu", "").split(",")) {
            if (!option.isEmpty()) {
                config = config.withOption(
                        option.substring(0, option.indexOf('=')), option.substring(option.indexOf('=') + 1));
            }
        }
        return config;
    }

    /** Say whether weights and activations of matmuls are rounded to bf16, so that logits differ from f32 by tenths. */
    static boolean rounds(Driver driver) {
        return driver.capabilities().kernels().contains("BF16");
    }

    private final Driver driver;
    private final ForwardBatch batch;
    private final Deque<Integer> free = new ArrayDeque<>();

    public Harness(Driver driver) {
        this.driver = driver;
        batch = driver.newBatch();
        for (int i = 0; i < Math.min(4096, driver.capabilities().totalPages()); i++) {
            free.add(i);
        }
    }

    public Context context() {
        return new Context();
    }

    public void release(Context context) {
        free.addAll(context.pages);
        context.pages.clear();
    }

    public int vocab() {
        return driver.capabilities().vocabSize();
    }

    /** Copy a context, page by page. */
    public Context fork(Context from) {
        Context to = new Context();
        to.length = from.length;
        for (int i = 0; i < from.pages.size(); i++) {
            to.pages.add(free.remove());
        }
        CompletableFuture<CopyList> done = new CompletableFuture<>();
        driver.copyPages(new CopyList(ints(from.pages), ints(to.pages)), new CopySink() {
            @Override
            public void done(CopyList list) {
                done.complete(list);
            }

            @Override
            public void failed(CopyList list, DriverFault fault) {
                done.completeExceptionally(new AssertionError(fault.message(), fault.cause()));
            }
        });
        done.join();
        return to;
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(i -> i).toArray();
    }

    /** Run all slices in one step. */
    public List<Outcome> pass(List<Slice> slices) {
        int pageSize = driver.capabilities().pageSize();
        batch.clear();
        int row = 0;
        int page = 0;
        int word = 0;
        for (Slice s : slices) {
            int r = batch.requests++;
            Context c = s.context;
            if (!s.reread) {
                c.length += s.tokens.length;
            }
            while (c.pages.size() * pageSize < c.length) {
                c.pages.add(free.remove());
            }
            batch.contextKey[r] = System.identityHashCode(c);
            batch.kvLength[r] = c.length;
            batch.noWrite[r] = s.reread;
            batch.nonCausal[r] = false;
            for (int i = 0; i < s.tokens.length; i++) {
                batch.tokens[row] = s.tokens[i];
                batch.positions[row] = c.length - s.tokens.length + i;
                if (s.logits) {
                    probe(row);
                }
                row++;
            }
            batch.qoIndptr[r + 1] = row;
            for (int p : c.pages) {
                if (page == batch.pageIndices.length) {
                    batch.pageIndices = Arrays.copyOf(batch.pageIndices, 2 * page);
                    batch.pageOrdinals = Arrays.copyOf(batch.pageOrdinals, 2 * page);
                }
                batch.pageOrdinals[page] = page - batch.pageIndptr[r];
                batch.pageIndices[page++] = p;
            }
            batch.pageIndptr[r + 1] = page;
            batch.maskBits = Arrays.copyOf(batch.maskBits, Math.max(batch.maskBits.length, word + s.mask.length));
            System.arraycopy(s.mask, 0, batch.maskBits, word, s.mask.length);
            word += s.mask.length;
            batch.maskIndptr[r + 1] = word;
            if (s.draw) {
                draw(row - 1);
            }
        }
        batch.rows = row;
        return outcomes(slices, run());
    }

    private void probe(int row) {
        int n = batch.probes++;
        if (n == batch.probeRow.length) {
            batch.probeRow = Arrays.copyOf(batch.probeRow, 2 * n);
            batch.probeKind = Arrays.copyOf(batch.probeKind, 2 * n);
            batch.probeTemperature = Arrays.copyOf(batch.probeTemperature, 2 * n);
            batch.probeTop = Arrays.copyOf(batch.probeTop, 2 * n);
            batch.probeMaskRef = Arrays.copyOf(batch.probeMaskRef, 2 * n);
            batch.probeIdIndptr = Arrays.copyOf(batch.probeIdIndptr, 2 * n + 1);
        }
        batch.probeRow[n] = row;
        batch.probeKind[n] = ProbeKind.LOGITS;
        batch.probeMaskRef[n] = ForwardBatch.NO_MASK;
        batch.probeIdIndptr[n + 1] = 0;
    }

    private void draw(int row) {
        int s = batch.draws++;
        batch.drawRow[s] = row;
        batch.stageKind[s] = SamplerStage.TEMPERATURE;
        batch.stageParam[s] = 0;
        batch.chainIndptr[s + 1] = s + 1;
        batch.logitMaskRef[s] = ForwardBatch.NO_MASK;
    }

    private ForwardResult run() {
        CompletableFuture<ForwardResult> done = new CompletableFuture<>();
        batch.step++;
        driver.submit(batch, new StepSink() {
            @Override
            public void done(ForwardBatch b, ForwardResult result) {
                done.complete(result);
            }

            @Override
            public void failed(ForwardBatch b, DriverFault fault) {
                done.completeExceptionally(new AssertionError(fault.message(), fault.cause()));
            }
        });
        return done.join();
    }

    private List<Outcome> outcomes(List<Slice> slices, ForwardResult result) {
        List<Outcome> list = new ArrayList<>();
        int draw = 0;
        int probe = 0;
        for (Slice s : slices) {
            int token = -1;
            if (s.draw) {
                if (result.status[draw] != ForwardResult.OK) {
                    throw new AssertionError("draw status " + result.status[draw]);
                }
                token = result.token[draw++];
            }
            float[][] logits = new float[s.logits ? s.tokens.length : 0][];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = Arrays.copyOfRange(
                        result.probeValues, result.probeIndptr[probe], result.probeIndptr[probe + 1]);
                probe++;
            }
            list.add(new Outcome(token, logits));
        }
        return list;
    }
}
