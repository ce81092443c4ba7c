package pie.inferlet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import pie.engine.PieException;

/** Write sound; no loaded model makes any yet. */
public final class Speech {
    private static final int HEADER = 44;
    private static final int BYTES = 2;
    private static final int MOST_SAMPLES = (Integer.MAX_VALUE - HEADER) / BYTES;
    private static final int MOST_RATE = 1 << 24;

    private Speech() {}

    /**
     * Return a WAV file of one channel, 16 bits a sample (RIFF, format PCM).
     *
     * @param pcm samples from -1 to 1; louder ones are cut off
     * @param rate samples a second
     * @throws PieException INVALID_ARGUMENT
     */
    public static byte[] writeWav(float[] pcm, int rate) {
        if (rate < 1 || rate > MOST_RATE) {
            throw PieException.invalid("write_wav: rate must be in 1.." + MOST_RATE + ", got " + rate);
        }
        if (pcm.length > MOST_SAMPLES) {
            throw PieException.invalid("write_wav: pcm has " + pcm.length + " samples, more than " + MOST_SAMPLES);
        }
        int size = pcm.length * BYTES;
        ByteBuffer wav = ByteBuffer.allocate(HEADER + size).order(ByteOrder.LITTLE_ENDIAN);
        wav.put(tag("RIFF")).putInt(HEADER - 8 + size).put(tag("WAVE"));
        wav.put(tag("fmt ")).putInt(16).putShort((short) 1).putShort((short) 1);
        wav.putInt(rate).putInt(rate * BYTES).putShort((short) BYTES).putShort((short) (8 * BYTES));
        wav.put(tag("data")).putInt(size);
        for (int i = 0; i < pcm.length; i++) {
            if (!Float.isFinite(pcm[i])) {
                throw PieException.invalid("write_wav: sample " + i + " must be a finite number, got " + pcm[i]);
            }
            wav.putShort((short) Math.round(Math.clamp(pcm[i], -1f, 1f) * Short.MAX_VALUE));
        }
        return wav.array();
    }

    private static byte[] tag(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }
}
