package pie.server.openai;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import pie.engine.model.Tokenizer;

/** Spell tokens as fixed bytes: a vocabulary made for one text. */
record ByteTokens(List<byte[]> spellings) implements Tokenizer {
    @Override
    public int vocabSize() {
        return spellings.size();
    }

    @Override
    public int[] encode(String text, boolean parseSpecial) {
        throw new UnsupportedOperationException("made for decoding");
    }

    @Override
    public String decode(int[] ids, boolean skipSpecial) {
        var out = new ByteArrayOutputStream();
        for (int id : ids) {
            out.writeBytes(spellings.get(id));
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] tokenBytes(int id) {
        return spellings.get(id);
    }

    @Override
    public boolean isSpecial(int id) {
        return false;
    }

    @Override
    public List<Integer> specialTokens() {
        return List.of();
    }

    @Override
    public String splitRegex() {
        return "";
    }
}
