package pie.engine.sim;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import pie.engine.adapter.AdapterId;
import pie.engine.driver.LoraAdapter;
import pie.engine.kv.HiddenSlots;
import pie.engine.kv.KvContext;
import pie.engine.model.LoraPair;

/** Work out from lineage alone what the hash driver must have put into a page, given that the pages before it are right. */
final class Content {
    private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;
    private static final long WEIGHTS = 1;
    private static final Map<AdapterId, Long> ADAPTERS = new ConcurrentHashMap<>();

    private Content() {}

    /** Return the first row of a page whose word is not what it must be, -1 if there is none. */
    static int wrong(SimDriver device, KvContext kv, int page, int pageSize) {
        long[] words = new long[(page + 1) * pageSize];
        for (int row = 0; row < page * pageSize; row++) {
            words[row] = device.word(kv.slot(row / pageSize), row % pageSize);
        }
        for (int row = page * pageSize; row < words.length; row++) {
            long self = self(kv, row);
            words[row] = self;
            long sum = 0;
            for (int slot = 0; slot <= row; slot++) {
                sum += mix(words[slot] + slot * GOLDEN);
            }
            words[row] = mix(self ^ sum);
            if (device.word(kv.slot(page), row % pageSize) != words[row]) {
                return row;
            }
        }
        return -1;
    }

    /** Work out all rows of a context that saw less, or more, than what came before them: pages that it dropped are not there to look at. */
    static long[] words(KvContext kv, int rows) {
        HiddenSlots hidden = new HiddenSlots();
        long[] words = new long[rows];
        for (int row = 0; row < rows; row++) {
            hidden.of(kv, row);
            long self = self(kv, row);
            long sum = 0;
            boolean any = false;
            int slot = 0;
            for (int n = 0; n <= hidden.count(); n += 2) {
                int end = n < hidden.count() ? hidden.bound(n) : hidden.end();
                any |= slot < end;
                for (; slot < end; slot++) {
                    sum += mix((slot < row ? words[slot] : self(kv, slot)) + slot * GOLDEN);
                }
                slot = n < hidden.count() ? hidden.bound(n + 1) : slot;
            }
            words[row] = mix(self ^ (any ? sum : mix(self + row * GOLDEN)));
        }
        return words;
    }

    private static long self(KvContext kv, int row) {
        long adapter = kv.adapter(row)
                .map(one -> ADAPTERS.computeIfAbsent(one.id(), id -> word(one.numbers())))
                .orElse(0L);
        return mix(WEIGHTS + adapter + ((long) kv.token(row) << 32 | kv.position(row)) * GOLDEN);
    }

    /** Return what stands for an adapter's numbers on a hash driver. */
    private static long word(LoraAdapter adapter) {
        long word = 1;
        for (LoraPair target : adapter.targets()) {
            word = mix(word * GOLDEN + target.tensor().hashCode());
            word = mix(word * GOLDEN + Float.floatToRawIntBits(target.scale()));
            word = mix(word * GOLDEN + Arrays.hashCode(target.a()));
            word = mix(word * GOLDEN + Arrays.hashCode(target.b()));
        }
        return word;
    }

    private static long mix(long x) {
        long z = (x ^ x >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
        return z ^ z >>> 31;
    }
}
