package pie.cpu.kernel;

import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Multiply by compact weights with the Vector API; each worker has its own strips. */
public final class PackedLinear implements Linear {
    private final PackedTeam shared;
    private final List<PackedMatrix> parts;
    /** One format of each form of inputs that the parts read. */
    private final List<WeightFormat> formats;

    private final int[] offsets;
    private final @Nullable IntegerKernels[] integers;
    private final int stride;
    private final int k;

    public PackedLinear(PackedTeam shared, List<PackedMatrix> parts) {
        this.shared = shared;
        this.parts = List.copyOf(parts);
        k = parts.getFirst().k;
        offsets = new int[parts.size()];
        integers = new IntegerKernels[parts.size()];
        Map<WeightFormat, Integer> forms = new EnumMap<>(WeightFormat.class);
        int at = 0;
        for (int i = 0; i < offsets.length; i++) {
            PackedMatrix m = parts.get(i);
            offsets[i] = at;
            at += m.panels() * Lanes.COUNT;
            shared.reserve(m);
            integers[i] = shared.integers(m.format, k).orElse(null);
            if (!forms.containsValue(m.format.bits())) {
                forms.put(m.format, m.format.bits());
            }
        }
        stride = at;
        formats = List.copyOf(forms.keySet());
    }

    @Override
    public int stride() {
        return stride;
    }

    @Override
    public int offset(int part) {
        return offsets[part];
    }

    @Override
    public void run(int worker, MemorySegment x, int rows, MemorySegment y) {
        take(worker, x, rows);
        for (int i = 0; i < offsets.length; i++) {
            PackedMatrix m = parts.get(i);
            IntegerKernels integers = this.integers[i];
            if (integers == null) {
                floats(worker, m, rows, y, offsets[i]);
            } else {
                IntegerInputs in = integers.inputs(worker, m.format, rows);
                for (int p = m.cut(worker); p < m.cut(worker + 1); p += m.width(p)) {
                    long at = 4L * (offsets[i] + p * Lanes.COUNT);
                    integers.dot(m.format, m.width(p)).strip(m, p, in, rows, y, at, 4L * stride);
                }
            }
        }
    }

    private void floats(int worker, PackedMatrix m, int rows, MemorySegment y, int offset) {
        Matmul.Room room = shared.room(worker);
        Inputs in = shared.inputs(worker, m.format, rows);
        for (int p = m.cut(worker); p < m.cut(worker + 1); p += m.width(p)) {
            long at = 4L * (offset + p * Lanes.COUNT);
            if (PackedTeam.ownsAll(rows)) {
                shared.few(worker, m.format).strip(m, p, in, rows, room, y, at, 4L * stride);
            } else {
                Matmul.strip(m, p, in, rows, room, y, at, 4L * stride);
            }
        }
    }

    private void take(int worker, MemorySegment x, int rows) {
        boolean wait = false;
        for (int i = 0; i < formats.size(); i++) {
            WeightFormat format = formats.get(i);
            Optional<IntegerKernels> integers = shared.integers(format, k);
            boolean all = integers.isPresent() ? IntegerKernels.ownsAll(rows) : PackedTeam.ownsAll(rows);
            int workers = shared.team.size();
            int from = all ? 0 : (int) ((long) rows * worker / workers);
            int to = all ? rows : (int) ((long) rows * (worker + 1) / workers);
            if (integers.isPresent()) {
                integers.get().inputs(worker, format, rows).fill(x, k, rows, from, to);
            } else {
                shared.inputs(worker, format, rows).fill(x, k, from, to, shared.room(worker).lanes);
            }
            wait |= !all;
        }
        if (wait) {
            shared.team.barrier();
        }
    }

    @Override
    public long weightBytes() {
        return parts.stream().mapToLong(m -> m.data.byteSize()).sum();
    }

    @Override
    public String describe() {
        WeightFormat format = parts.getFirst().format;
        return shared.integers(format, k)
                .map(i -> i.describe(format))
                .orElse("vector " + Lanes.F.vectorBitSize() + " " + format);
    }
}
