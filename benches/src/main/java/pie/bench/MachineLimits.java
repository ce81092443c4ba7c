package pie.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import pie.cpu.kernel.Lanes;
import pie.cpu.kernel.OffHeap;
import pie.cpu.kernel.Team;

/** Measure what all workers of a team get out of this machine at most: bytes read from memory, and multiply-adds of floats in registers. */
final class MachineLimits {
    private static final long CHUNK = 1 << 18;
    private static final int VECTOR = 4 * Lanes.COUNT;
    private static final int CHAINS = 12;
    /** Left as it is by each multiply-add. */
    private static final float FIXED_POINT = 0.5f;

    private static final int TURNS = 10_000;
    private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");
    private static final long LEAST_ARRAY = 256L << 20;

    private final Team team;
    private final MemorySegment array;

    /** @param arrayBytes to read; to say something of memory, more than the caches hold */
    MachineLimits(Team team, Arena arena, long arrayBytes) {
        this.team = team;
        long part = Math.max(1, arrayBytes / team.size() / CHUNK) * CHUNK;
        array = OffHeap.streamed(arena, part * team.size());
        array.fill((byte) 1); // pages that were never written are all one page, in a cache
    }

    /** Return bytes of the largest cache, 0 if the system does not say. */
    static long largestCache() throws IOException {
        long largest = 0;
        if (Files.isDirectory(CACHES)) {
            try (DirectoryStream<Path> caches = Files.newDirectoryStream(CACHES, "index*")) {
                for (Path cache : caches) {
                    largest = Math.max(largest, kibibytes(cache.resolve("size")) << 10);
                }
            }
        }
        return largest;
    }

    private static long kibibytes(Path file) throws IOException {
        String text = Files.isReadable(file) ? Files.readString(file).trim() : "";
        return text.matches("\\d+K") ? Long.parseLong(text.substring(0, text.length() - 1)) : 0;
    }

    /** Return bytes of an array that no cache holds. */
    static long arrayBytes() throws IOException {
        return Math.max(LEAST_ARRAY, 2 * largestCache());
    }

    /** Return bytes/s of reading the array from end to end, each worker a part of it. */
    double memory() {
        long part = array.byteSize() / team.size();
        double seconds = Timing.of(() -> team.run(worker -> {
            int sum = 0;
            for (long at = part * worker; at < part * (worker + 1); at += CHUNK) {
                sum |= read(array, at);
            }
            check(sum == 0x01010101, "memory");
        }));
        return array.byteSize() / seconds;
    }

    /** Use what was computed: else it need not be computed at all. */
    private static void check(boolean right, String what) {
        if (!right) {
            throw new IllegalStateException("wrong result while measuring " + what);
        }
    }

    private static int read(MemorySegment from, long at) {
        IntVector a = IntVector.zero(IntVector.SPECIES_PREFERRED);
        IntVector b = a;
        IntVector c = a;
        IntVector d = a;
        for (long end = at + CHUNK; at < end; at += 4L * VECTOR) {
            a = a.or(ints(from, at));
            b = b.or(ints(from, at + VECTOR));
            c = c.or(ints(from, at + 2L * VECTOR));
            d = d.or(ints(from, at + 3L * VECTOR));
        }
        return a.or(b).or(c.or(d)).reduceLanes(VectorOperators.OR);
    }

    private static IntVector ints(MemorySegment from, long at) {
        return IntVector.fromMemorySegment(IntVector.SPECIES_PREFERRED, from, at, ByteOrder.nativeOrder());
    }

    /** Return flop/s of multiply-adds of f32, two each, in chains that do not wait for each other. */
    double floats() {
        int calls = 200;
        double seconds = Timing.of(() -> team.run(worker -> {
            float sum = 0;
            for (int i = 0; i < calls; i++) {
                sum += multiplyAdd();
            }
            check(sum == FIXED_POINT * CHAINS * Lanes.COUNT * calls, "multiply-adds");
        }));
        return 2.0 * CHAINS * Lanes.COUNT * TURNS * calls * team.size() / seconds;
    }

    private static float multiplyAdd() {
        FloatVector x = FloatVector.broadcast(Lanes.F, FIXED_POINT);
        FloatVector y = FloatVector.broadcast(Lanes.F, FIXED_POINT - FIXED_POINT * FIXED_POINT);
        FloatVector a = x;
        FloatVector b = x;
        FloatVector c = x;
        FloatVector d = x;
        FloatVector e = x;
        FloatVector f = x;
        FloatVector g = x;
        FloatVector h = x;
        FloatVector i = x;
        FloatVector j = x;
        FloatVector k = x;
        FloatVector l = x;
        for (int turn = 0; turn < TURNS; turn++) {
            a = a.fma(x, y);
            b = b.fma(x, y);
            c = c.fma(x, y);
            d = d.fma(x, y);
            e = e.fma(x, y);
            f = f.fma(x, y);
            g = g.fma(x, y);
            h = h.fma(x, y);
            i = i.fma(x, y);
            j = j.fma(x, y);
            k = k.fma(x, y);
            l = l.fma(x, y);
        }
        FloatVector sum =
                a.add(b).add(c.add(d)).add(e.add(f).add(g.add(h))).add(i.add(j).add(k.add(l)));
        return sum.reduceLanes(VectorOperators.ADD);
    }
}
