package pie.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ToolReaderTest {
    private static final String CALL = "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>";

    private static String read(ToolReader reader, String text, Random random) {
        var said = new StringBuilder();
        for (int at = 0; at < text.length(); ) {
            int n = Math.min(text.length() - at, 1 + random.nextInt(5));
            said.append(reader.feed(text.substring(at, at + n)));
            at += n;
        }
        return said.append(reader.finish()).toString();
    }

    @Test
    void tells_calls_from_text_however_it_is_cut() {
        for (int seed = 0; seed < 200; seed++) {
            var random = new Random(seed);
            var reader = new ToolReader();
            assertThat(read(reader, "Let me see.\n" + CALL + "\n" + CALL, random))
                    .isEqualTo("Let me see.");
            assertThat(reader.calls()).hasSize(2).allMatch(c -> c.name().equals("add"));
            assertThat(reader.calls().getFirst().arguments()).isEqualTo("{\"a\":1}");
        }
    }

    @Test
    void text_without_calls_stays_whole() {
        for (String text : new String[] {"a < b", "<tool", "x <tool_cal", "{\"not\": \"a call\"}", "  spaced  ", "{"}) {
            for (int seed = 0; seed < 20; seed++) {
                var reader = new ToolReader();
                assertThat(read(reader, text, new Random(seed))).isEqualTo(text);
                assertThat(reader.calls()).isEmpty();
            }
        }
    }

    @Test
    void a_text_that_is_one_call_is_a_call() {
        var reader = new ToolReader();
        assertThat(read(reader, "{\"name\":\"add\",\"parameters\":{\"a\":2}}", new Random(1)))
                .isEmpty();
        assertThat(reader.calls()).containsExactly(new ToolCall("add", "{\"a\":2}"));
    }

    @Test
    void a_call_that_is_no_json_is_text() {
        var reader = new ToolReader();
        String text = "<tool_call>add(1)</tool_call>";
        assertThat(read(reader, text, new Random(1))).isEqualTo(text);
        assertThat(reader.calls()).isEmpty();
    }
}
