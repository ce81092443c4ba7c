package pie.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextOutTest {
    private static final String[] LETTERS = {"a", "b", "ab", "ä", "€", "𝄞", " ", "\n"};

    /** Cut the bytes of a text anywhere, also within characters. */
    private static ByteTokens cut(String text, Random random) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        var tokens = new ArrayList<byte[]>();
        for (int at = 0; at < bytes.length; ) {
            int n = Math.min(bytes.length - at, 1 + random.nextInt(4));
            tokens.add(Arrays.copyOfRange(bytes, at, at + n));
            at += n;
        }
        return new ByteTokens(tokens);
    }

    private static String draw(int most, Random random) {
        var text = new StringBuilder();
        for (int n = 1 + random.nextInt(most); n > 0; n--) {
            text.append(LETTERS[random.nextInt(LETTERS.length)]);
        }
        return text.toString();
    }

    /** What a reader of the whole text would say: up to the stop string that is complete first, the longest of several. */
    private static String expected(String text, List<String> stops, boolean include) {
        for (int end = 1; end <= text.length(); end++) {
            String sofar = text.substring(0, end);
            int start = stops.stream()
                    .filter(sofar::endsWith)
                    .mapToInt(s -> sofar.length() - s.length())
                    .min()
                    .orElse(-1);
            if (start >= 0) {
                return include ? sofar : text.substring(0, start);
            }
        }
        return text;
    }

    @Test
    void pieces_joined_are_the_text_up_to_the_first_stop() {
        var random = new Random(7);
        for (int round = 0; round < 2000; round++) {
            String text = draw(40, random);
            var stops = new ArrayList<String>();
            for (int n = random.nextInt(4); n > 0; n--) {
                stops.add(draw(4, random));
            }
            boolean include = random.nextBoolean();
            ByteTokens tokens = cut(text, random);
            var out = new TextOut(tokens, stops, 0, include, true);
            var joined = new StringBuilder();
            for (int id = 0; id < tokens.vocabSize(); id++) {
                String piece = out.feed(id);
                assertThat(piece).as("round " + round).doesNotContain("\uFFFD");
                joined.append(piece);
            }
            joined.append(out.finish());
            assertThat(joined.toString())
                    .as("round %d, \"%s\", stops %s, include %s", round, text, stops, include)
                    .isEqualTo(expected(text, stops, include));
        }
    }

    @Test
    void holds_back_what_may_become_a_stop_and_no_more() {
        var tokens = new ByteTokens(List.of(bytes("one "), bytes("EN"), bytes("X"), bytes(" EN"), bytes("D.")));
        var out = new TextOut(tokens, List.of("END"), 0, false, true);
        assertThat(out.feed(0)).isEqualTo("one ");
        assertThat(out.feed(1)).isEmpty();
        assertThat(out.feed(2)).isEqualTo("ENX");
        assertThat(out.feed(3)).isEqualTo(" ");
        assertThat(out.feed(4)).isEmpty();
        assertThat(out.finish()).isEmpty();
    }

    @Test
    void looks_for_no_stop_in_the_first_tokens() {
        var tokens = new ByteTokens(List.of(bytes("END "), bytes("EN"), bytes("D "), bytes("EN"), bytes("D.")));
        var out = new TextOut(tokens, List.of("END"), 3, false, true);
        assertThat(out.feed(0) + out.feed(1) + out.feed(2)).isEqualTo("END END ");
        assertThat(out.feed(3) + out.feed(4) + out.finish()).isEmpty();
    }

    @Test
    void an_unfinished_character_at_the_end_becomes_a_replacement() {
        byte[] euro = bytes("€");
        var tokens = new ByteTokens(List.of(bytes("x"), Arrays.copyOf(euro, 2)));
        var out = new TextOut(tokens, List.of(), 0, false, true);
        assertThat(out.feed(0) + out.feed(1)).isEqualTo("x");
        assertThat(out.finish()).isEqualTo("\uFFFD");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
