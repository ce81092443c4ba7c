package pie.inferlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ToolReaderTest {
    private static List<Tools.Event> read(ToolForm form, String text) {
        var whole = new ToolReader(form);
        whole.read(text);
        List<Tools.Event> events = whole.takeAll();
        var pieces = new ToolReader(form);
        for (int i = 0; i < text.length(); i++) {
            pieces.read(text.substring(i, i + 1));
        }
        assertThat(pieces.takeAll()).isEqualTo(events);
        return events;
    }

    private static final Tools.Event START = new Tools.Event.Start();

    private static Tools.Event call(String name, String args) {
        return new Tools.Event.Call(name, args);
    }

    @Test
    void readsQwensCalls() {
        String text =
                "Let me see.\n<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": [1, {\"b\": \"}\\\"\"}]}}\n</tool_call>\n"
                        + "<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call> done {\"name\": \"no\"}";
        assertThat(read(ToolForm.HERMES, text))
                .containsExactly(START, call("add", "{\"a\":[1,{\"b\":\"}\\\"\"}]}"), START, call("now", "{}"));
    }

    @Test
    void readsMistralsCallsInBothForms() {
        assertThat(
                        read(
                                ToolForm.MISTRAL,
                                "[TOOL_CALLS] [{\"name\": \"a\", \"arguments\": {\"x\": 1}}, {\"name\": \"b\", \"arguments\": {}}]"))
                .filteredOn(e -> e instanceof Tools.Event.Call)
                .containsExactly(call("a", "{\"x\":1}"), call("b", "{}"));
        assertThat(read(ToolForm.MISTRAL, "[TOOL_CALLS]add[ARGS]{\"x\": 1}"))
                .containsExactly(START, call("add", "{\"x\": 1}"));
    }

    @Test
    void readsLlamasCallsAsWholeAnswers() {
        assertThat(read(ToolForm.LLAMA3, "{\"name\": \"a\", \"parameters\": {\"x\": 1}}"))
                .containsExactly(START, call("a", "{\"x\":1}"));
        assertThat(read(ToolForm.LLAMA3, "<|python_tag|>{\"name\": \"a\", \"parameters\": {}}"))
                .containsExactly(START, call("a", "{}"));
        assertThat(read(ToolForm.LLAMA3, "The object {\"name\": \"a\", \"parameters\": {}} is no call"))
                .isEmpty();
    }

    @Test
    void readsDeepSeeksCalls() {
        String one = "<｜tool▁call▁begin｜>function<｜tool▁sep｜>%s\n```json\n{\"x\": 1}\n```<｜tool▁call▁end｜>";
        assertThat(read(ToolForm.DEEPSEEK, "<｜tool▁calls▁begin｜>" + one.formatted("a") + "\n" + one.formatted("b")))
                .containsExactly(START, call("a", "{\"x\": 1}"), START, call("b", "{\"x\": 1}"));
    }

    @Test
    void whatLooksLikeACallAndIsNoneIsPassedOver() {
        assertThat(read(
                        ToolForm.HERMES,
                        "<tool_call>{\"nome\": 1}</tool_call><tool_call>{bad}</tool_call>"
                                + "<tool_call>{\"name\": \"a\", \"arguments\": {}}</tool_call>"))
                .filteredOn(e -> e instanceof Tools.Event.Call)
                .containsExactly(call("a", "{}"));
    }
}
