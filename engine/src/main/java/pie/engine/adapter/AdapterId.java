package pie.engine.adapter;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import pie.engine.Sha256;
import pie.engine.driver.LoraAdapter;
import pie.engine.model.LoraPair;

/**
 * Name an adapter by its content.
 *
 * @param name for people
 * @param high with {@code low} the first 128 bits of a SHA-256 over targets, scales and numbers: adapters of one content compute the same
 */
public record AdapterId(String name, long high, long low) {
    static AdapterId of(LoraAdapter numbers) {
        MessageDigest digest = Sha256.digest();
        for (LoraPair target : numbers.targets()) {
            byte[] tensor = target.tensor().getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(5 * Integer.BYTES)
                    .putInt(tensor.length)
                    .putInt(target.rank())
                    .putInt(target.inputs())
                    .putInt(target.outputs())
                    .putFloat(target.scale())
                    .flip());
            digest.update(tensor);
            update(digest, target.a());
            update(digest, target.b());
        }
        return of(numbers.name(), digest);
    }

    private static AdapterId of(String name, MessageDigest digest) {
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        return new AdapterId(name, hash.getLong(), hash.getLong());
    }

    /** Name what a seed makes of this content. */
    AdapterId perturbed(float sigma, long seed) {
        MessageDigest digest = Sha256.digest();
        digest.update(ByteBuffer.allocate(3 * Long.BYTES + Float.BYTES)
                .putLong(high)
                .putLong(low)
                .putLong(seed)
                .putFloat(sigma)
                .flip());
        return of(name, digest);
    }

    private static void update(MessageDigest digest, float[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * numbers.length);
        bytes.asFloatBuffer().put(numbers);
        digest.update(bytes);
    }

    /** Say whether another adapter computes the same. */
    public boolean sameContent(AdapterId other) {
        return high == other.high && low == other.low;
    }
}
