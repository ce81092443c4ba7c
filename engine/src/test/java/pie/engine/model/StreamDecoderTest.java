package pie.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamDecoderTest {
    /** Make every byte a token, and 256 a special one. */
    private static final class Bytes implements Tokenizer {
        @Override
        public int vocabSize() {
            return 257;
        }

        @Override
        public int[] encode(String text, boolean parseSpecial) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            int[] ids = new int[utf8.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = utf8[i] & 0xff;
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
            return id == 256 ? "<end>".getBytes(StandardCharsets.UTF_8) : new byte[] {(byte) id};
        }

        @Override
        public boolean isSpecial(int id) {
            return id == 256;
        }

        @Override
        public List<Integer> specialTokens() {
            return List.of(256);
        }

        @Override
        public String splitRegex() {
            return "";
        }
    }

    private final Tokenizer tokenizer = new Bytes();

    @Test
    void charactersComeWhole() {
        StreamDecoder decoder = new StreamDecoder(tokenizer, true);
        String text = "aé中😀b";
        StringBuilder got = new StringBuilder();
        for (int id : tokenizer.encode(text, false)) {
            String part = decoder.feed(id);
            assertThat(part.codePointCount(0, part.length())).isLessThanOrEqualTo(1);
            assertThat(part).doesNotContain("\ufffd");
            got.append(part);
        }
        assertThat(got).hasToString(text);
        assertThat(decoder.heldBytes()).isZero();
        assertThat(decoder.finish()).isEmpty();
    }

    @Test
    void anUnfinishedCharacterIsHeldAndThenReplaced() {
        StreamDecoder decoder = new StreamDecoder(tokenizer, true);
        assertThat(decoder.feed(new int[] {'x', 0xf0, 0x9f, 0x98})).isEqualTo("x");
        assertThat(decoder.heldBytes()).isEqualTo(3);
        assertThat(decoder.finish()).isEqualTo("\ufffd");
        assertThat(decoder.feed('y')).isEqualTo("y");
    }

    @Test
    void specialTokensAreSkippedUnlessAsked() {
        int[] ids = {'a', 256, 'b'};
        assertThat(new StreamDecoder(tokenizer, true).feed(ids)).isEqualTo("ab");
        assertThat(new StreamDecoder(tokenizer, false).feed(ids)).isEqualTo("a<end>b");
    }

    @Test
    void anyBytesGiveWhatDecodingThemAtOnceGives() {
        Random random = new Random(11);
        int[] leads = {'a', 0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xe4, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff};
        for (int round = 0; round < 20_000; round++) {
            int[] ids = random.ints(1 + random.nextInt(9), 0, 4)
                    .map(kind -> switch (kind) {
                        case 0 -> random.nextInt(256);
                        case 1 -> leads[random.nextInt(leads.length)];
                        default -> 0x80 + random.nextInt(0x40);
                    })
                    .toArray();
            StreamDecoder decoder = new StreamDecoder(tokenizer, true);
            String text = decoder.feed(ids) + decoder.finish();
            assertThat(text).as("bytes %s", Arrays.toString(ids)).isEqualTo(tokenizer.decode(ids, false));
        }
    }
}
