package pie.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import pie.cpu.kernel.AttentionBatches.Request;
import pie.engine.driver.ForwardBatch;

/**
 * Measure attention of one step of the default model (30 layers, 3 KV heads, groups of 3, heads of 64), beside what this machine reads
 * from memory; run by hand: {@code AttentionBench [threads [rounds]]}. Kinds alternate within a round.
 */
final class AttentionBench {
    private static final int LAYERS = 30;
    private static final int KV_HEADS = 3;
    private static final int GROUP = 3;
    private static final int HEAD_DIM = 64;
    private static final int PAGE = 16;
    private static final int WIDTH = KV_HEADS * GROUP * HEAD_DIM;
    private static final List<AttentionKernels> KINDS = List.of(AttentionKernels.VECTOR, AttentionKernels.ASSEMBLED);

    private final int threads;
    private final int rounds;
    private final Random random = new Random(1);

    private AttentionBench(int threads, int rounds) {
        this.threads = threads;
        this.rounds = rounds;
    }

    public static void main(String[] args) {
        int threads = args.length > 0
                ? Integer.parseInt(args[0])
                : Runtime.getRuntime().availableProcessors();
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 7;
        new AttentionBench(threads, rounds).run();
    }

    private void run() {
        int pages = 33 * 128;
        try (Arena arena = Arena.ofShared();
                Team team = new Team(threads, "bench")) {
            KvPool kv = new KvPool(arena, pages, PAGE, LAYERS, KV_HEADS, HEAD_DIM);
            byte[] page = new byte[(int) kv.pageBytes()];
            for (int i = 0; i < page.length; i += 2) {
                page[i] = (byte) random.nextInt();
                page[i + 1] = (byte) (0x30 + random.nextInt(8)); // halves from 1/8 to 1
            }
            for (int p = 0; p < pages; p++) {
                kv.write(p, MemorySegment.ofArray(page), 0);
            }
            System.out.printf("memory read by %d threads: %.1f GB/s%n", threads, reading(team, kv.data));
            for (int context : new int[] {128, 1000, 2000}) {
                for (int streams : new int[] {1, 16, 32}) {
                    report(team, kv, context + " x " + streams, decode(context, streams), arena);
                }
            }
            report(team, kv, "32 forks of 2000", forks(2000, 32), arena);
            report(
                    team,
                    kv,
                    "prefill 512",
                    List.of(new Request(IntStream.range(0, 32).toArray(), 512, 512)),
                    arena);
            report(
                    team,
                    kv,
                    "prefill 256 at 2000",
                    List.of(new Request(IntStream.range(0, 125).toArray(), 2000, 256)),
                    arena);
        }
    }

    /** Return decode rows of contexts whose pages lie anywhere, as after a while of use. */
    private List<Request> decode(int context, int streams) {
        int each = (context + PAGE - 1) / PAGE;
        int[] pages = IntStream.range(0, 32 * 128).toArray();
        for (int i = pages.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int p = pages[i];
            pages[i] = pages[j];
            pages[j] = p;
        }
        return IntStream.range(0, streams)
                .mapToObj(s -> new Request(Arrays.copyOfRange(pages, s * each, (s + 1) * each), context, 1))
                .toList();
    }

    private static List<Request> forks(int context, int branches) {
        int each = context / PAGE;
        List<Request> list = new ArrayList<>();
        for (int b = 0; b < branches; b++) {
            int[] pages = IntStream.rangeClosed(0, each).toArray();
            pages[each] = each + b;
            list.add(new Request(pages, context + 8, 1));
        }
        return list;
    }

    private void report(Team team, KvPool kv, String name, List<Request> requests, Arena arena) {
        ForwardBatch batch = AttentionBatches.batch(PAGE, requests);
        MemorySegment y = arena.allocate(4L * batch.rows * WIDTH, 64);
        AttentionBatches.fill(y, random, batch.rows * WIDTH);
        MemorySegment out = arena.allocate(4L * batch.rows * WIDTH, 64);
        Map<AttentionKernels, Attention> kinds = new EnumMap<>(AttentionKernels.class);
        Map<AttentionKernels, double[]> millis = new EnumMap<>(AttentionKernels.class);
        for (AttentionKernels kind : KINDS) {
            kinds.put(kind, kind.open(arena, kv, KV_HEADS * GROUP, 0.125f, threads));
            millis.put(kind, new double[rounds]);
        }
        for (int round = -2; round < rounds; round++) {
            for (AttentionKernels kind : KINDS) {
                long start = System.nanoTime();
                step(team, kinds.get(kind), batch, y, out);
                if (round >= 0) {
                    millis.get(kind)[round] = (System.nanoTime() - start) / 1e6;
                }
            }
        }
        double bytes = 4.0
                * HEAD_DIM
                * KV_HEADS
                * LAYERS
                * requests.stream().mapToInt(Request::length).sum();
        StringBuilder line = new StringBuilder(String.format("%-20s", name));
        for (AttentionKernels kind : KINDS) {
            double[] sorted = millis.get(kind);
            Arrays.sort(sorted);
            double median = sorted[rounds / 2];
            line.append(String.format(
                    "  %s %8.2f ms (%.2f-%.2f) %5.1f GB/s",
                    kind, median, sorted[0], sorted[rounds - 1], bytes / median / 1e6));
        }
        System.out.println(line);
    }

    private static void step(Team team, Attention attention, ForwardBatch batch, MemorySegment y, MemorySegment out) {
        attention.plan(batch);
        team.run(worker -> {
            for (int layer = 0; layer < LAYERS; layer++) {
                attention.run(worker, team, batch, layer, 0, y, WIDTH, out);
                team.barrier();
            }
        });
    }

    /** Return GB/s of reading memory from end to end, each thread a part of it. */
    private double reading(Team team, MemorySegment data) {
        double best = 0;
        int[] sums = new int[threads];
        for (int round = 0; round < 6; round++) {
            long start = System.nanoTime();
            team.run(worker -> {
                long part = data.byteSize() / threads / 1024 * 1024;
                IntVector a = IntVector.zero(Lanes.I);
                IntVector b = a;
                int step = 4 * Lanes.COUNT;
                for (long at = part * worker; at < part * (worker + 1); at += 2L * step) {
                    a = a.or(Lanes.loadInts(data, at));
                    b = b.or(Lanes.loadInts(data, at + step));
                }
                sums[worker] = a.or(b).reduceLanes(VectorOperators.OR);
            });
            best = Math.max(best, data.byteSize() / (double) (System.nanoTime() - start));
        }
        return best;
    }
}
