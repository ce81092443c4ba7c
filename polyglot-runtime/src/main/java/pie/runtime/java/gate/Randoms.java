package pie.runtime.java.gate;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Seed every source of randomness from the process, so that a run can be repeated. */
public final class Randoms {
    private static final Random SHARED = new Random(Gate.nextSeed());

    private Randoms() {}

    @GuardsNew(Random.class)
    public static long seed() {
        return Gate.nextSeed();
    }

    @Replaces(value = Math.class, statically = true)
    public static double random() {
        return SHARED.nextDouble();
    }

    @Replaces(value = UUID.class, statically = true)
    public static UUID randomUUID() {
        long high = SHARED.nextLong() & ~0xF000L | 0x4000L;
        long low = SHARED.nextLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L;
        return new UUID(high, low);
    }

    @Replaces(value = Collections.class, statically = true)
    public static void shuffle(List<?> list) {
        Collections.shuffle(list, SHARED);
    }
}
