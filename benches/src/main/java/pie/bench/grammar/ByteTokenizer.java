package pie.bench.grammar;

import java.nio.charset.StandardCharsets;
import java.util.List;
import pie.engine.model.Tokenizer;

/** Give each byte a token, and a stop token after them: texts are read byte by byte. */
final class ByteTokenizer implements Tokenizer {
    static final int STOP = 256;

    @Override
    public int vocabSize() {
        return 257;
    }

    @Override
    public int[] encode(String text, boolean parseSpecial) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = bytes[i] & 0xff;
        }
        return ids;
    }

    @Override
    public String decode(int[] ids, boolean skipSpecial) {
        byte[] bytes = new byte[ids.length];
        for (int i = 0; i < ids.length; i++) {
            bytes[i] = (byte) ids[i];
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public byte[] tokenBytes(int id) {
        return id == STOP ? new byte[0] : new byte[] {(byte) id};
    }

    @Override
    public boolean isSpecial(int id) {
        return id == STOP;
    }

    @Override
    public List<Integer> specialTokens() {
        return List.of(STOP);
    }

    @Override
    public String splitRegex() {
        return "";
    }
}
