package pie.server.hostile;

import java.util.List;
import java.util.random.RandomGenerator;

/** Change bytes as a fuzzer does: flip, drop, repeat, overwrite, insert what means something, splice two. */
final class Mutator {
    private static final int MOST_CHANGES = 6;
    private static final int MOST_BYTES = 64 << 10;

    private final RandomGenerator random;
    private final List<byte[]> seeds;
    private final List<byte[]> words;

    /**
     * @param seeds inputs to begin with
     * @param words pieces that mean something in them
     */
    Mutator(RandomGenerator random, List<byte[]> seeds, List<byte[]> words) {
        this.random = random;
        this.seeds = seeds;
        this.words = words;
    }

    byte[] next() {
        byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
        for (int i = 1 + random.nextInt(MOST_CHANGES); i > 0; i--) {
            bytes = changed(bytes);
        }
        return bytes;
    }

    private byte[] changed(byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        int to = at + random.nextInt(bytes.length + 1 - at);
        return switch (random.nextInt(6)) {
            case 0 -> flipped(bytes);
            case 1 -> joined(bytes, at, new byte[0], to);
            case 2 -> joined(bytes, at, java.util.Arrays.copyOfRange(bytes, at, to), at);
            case 3 -> joined(bytes, at, new byte[] {(byte) random.nextInt(256)}, Math.min(bytes.length, at + 1));
            case 4 -> joined(bytes, at, words.get(random.nextInt(words.size())), at);
            default -> {
                byte[] other = seeds.get(random.nextInt(seeds.size()));
                int from = random.nextInt(other.length + 1);
                yield joined(bytes, at, java.util.Arrays.copyOfRange(other, from, other.length), bytes.length);
            }
        };
    }

    private byte[] flipped(byte[] bytes) {
        if (bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    /** Put bytes in place of those from {@code at} to {@code to}. */
    private static byte[] joined(byte[] bytes, int at, byte[] between, int to) {
        int length = Math.min(MOST_BYTES, at + between.length + bytes.length - to);
        var joined = new byte[length];
        for (int i = 0; i < length; i++) {
            joined[i] =
                    i < at ? bytes[i] : i < at + between.length ? between[i - at] : bytes[i - at - between.length + to];
        }
        return joined;
    }
}
