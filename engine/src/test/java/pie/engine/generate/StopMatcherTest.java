package pie.engine.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class StopMatcherTest {
    @Test
    void findsWhatASearchOfTheWholeTextFinds() {
        Random random = new Random(5);
        for (int round = 0; round < 3_000; round++) {
            List<String> stops = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                stops.add(word(random, 1 + random.nextInt(5)));
            }
            StopMatcher matcher = new StopMatcher(stops);
            StringBuilder text = new StringBuilder();
            List<Integer> ends = new ArrayList<>();
            for (int n = 0; n < 12; n++) {
                String token = word(random, random.nextInt(4));
                text.append(token);
                ends.add(text.length());
                int touched = matcher.feed(token.getBytes(StandardCharsets.UTF_8));
                int match = firstMatch(text.toString(), stops);
                if (match >= 0) {
                    assertThat(touched).isEqualTo((int)
                            ends.stream().filter(end -> end > match).count());
                    break;
                }
                assertThat(touched).isZero();
                int open = firstOpen(text.toString(), stops);
                assertThat(matcher.held())
                        .isEqualTo((int) ends.stream().filter(end -> end > open).count());
            }
        }
    }

    /** Return the start of the match that ends first, the longest of those. */
    private static int firstMatch(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            int start = Integer.MAX_VALUE;
            for (String stop : stops) {
                if (text.substring(0, end).endsWith(stop)) {
                    start = Math.min(start, end - stop.length());
                }
            }
            if (start < Integer.MAX_VALUE) {
                return start;
            }
        }
        return -1;
    }

    private static int firstOpen(String text, List<String> stops) {
        for (int start = 0; start < text.length(); start++) {
            for (String stop : stops) {
                if (stop.startsWith(text.substring(start))) {
                    return start;
                }
            }
        }
        return text.length();
    }

    private static String word(Random random, int length) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.append((char) ('a' + random.nextInt(2)));
        }
        return word.toString();
    }
}
