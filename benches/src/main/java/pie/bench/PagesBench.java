package pie.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import pie.engine.kv.KvContext;
import pie.engine.kv.KvStore;

/** Measure what it takes to find the pages of a long prompt, and to fork a long context; no device has a part in it. */
@Command(
        name = "pages",
        description = "Measure look-up of a prompt whose pages are there, and fork, in us.%n",
        sortOptions = false)
final class PagesBench implements Callable<Integer> {
    private static final int PAGE = 16;
    private static final int VOCABULARY = 49_152;

    @Option(names = "--tokens", description = "Tokens of the context. Default: ${DEFAULT-VALUE}.")
    private int tokens = 10_000;

    @Option(names = "--rounds", description = "Measured calls; as many again warm up. Default: ${DEFAULT-VALUE}.")
    private int rounds = 2_000;

    @Mixin
    private Report report = new Report();

    @Override
    public Integer call() throws IOException, InterruptedException {
        report.environment(Environment.json());
        int[] prompt = Prompt.draw(1, tokens, 0, 42).getFirst().ids();
        for (int i = 0; i < prompt.length; i++) {
            prompt[i] = Math.floorMod(prompt[i], VOCABULARY);
        }
        KvStore store = new KvStore(2 * (tokens / PAGE + 2), PAGE, 1, 2);
        computed(store, prompt);
        List<Object> results = new ArrayList<>();
        results.add(told("look-up", measured(() -> lookUp(store, prompt)), found(store, prompt) + " tokens found"));
        KvContext partial = computed(store, Arrays.copyOf(prompt, tokens / PAGE * PAGE + PAGE / 2));
        int copied = store.fork(partial).copies().from().length;
        results.add(told("fork", measured(() -> fork(store, partial)), copied + " page copied by the device"));
        report.put("tokens", tokens);
        report.put("results", results);
        report.write();
        return 0;
    }

    private static KvContext context(KvStore store, int[] prompt) {
        KvContext context = store.create(7, 7, true);
        context.append(prompt, null);
        return context;
    }

    private static KvContext computed(KvStore store, int[] prompt) {
        KvContext context = context(store, prompt);
        store.lookUp(context, prompt.length - 1);
        store.grow(context, store.pagesFor(prompt.length));
        store.computed(context, prompt.length, prompt.length);
        store.write(context, prompt.length);
        store.commit(context, prompt.length);
        return context;
    }

    private static int found(KvStore store, int[] prompt) {
        KvContext context = context(store, prompt);
        int found = store.lookUp(context, prompt.length - 1);
        store.close(context);
        return found;
    }

    private static long lookUp(KvStore store, int[] prompt) {
        KvContext context = context(store, prompt);
        long begun = System.nanoTime();
        store.lookUp(context, prompt.length - 1);
        long took = System.nanoTime() - begun;
        store.close(context);
        return took;
    }

    private static long fork(KvStore store, KvContext from) {
        long begun = System.nanoTime();
        KvContext copy = store.fork(from).context();
        long took = System.nanoTime() - begun;
        store.close(copy);
        return took;
    }

    private long[] measured(LongSupplier call) {
        long[] nanos = new long[rounds];
        for (int i = -rounds; i < rounds; i++) {
            long took = call.getAsLong();
            if (i >= 0) {
                nanos[i] = took;
            }
        }
        Arrays.sort(nanos);
        return nanos;
    }

    private Map<String, Object> told(String what, long[] nanos, String note) {
        double p50 = nanos[nanos.length / 2] / 1e3;
        double p99 = nanos[nanos.length * 99 / 100] / 1e3;
        report.line("%-8s of %,d tokens  p50 %6.1f us  p99 %6.1f us  %s", what, tokens, p50, p99, note);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("case", what);
        json.put("p50_us", p50);
        json.put("p99_us", p99);
        return json;
    }
}
