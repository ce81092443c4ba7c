package pie.runtime;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import pie.engine.model.ChatTemplate;
import pie.engine.model.LoadedModel;
import pie.engine.model.Tokenizer;

/** Give the default model the marks of a reasoning model, in the place of two special tokens that nothing else uses. */
final class ThinkingModel {
    private static final Pattern MARK = Pattern.compile("(?=</?think>)|(?<=</?think>)");

    private ThinkingModel() {}

    /**
     * Return such a model.
     *
     * @param name what it is called
     * @param atOnce whether the header of the assistant's turn opens the block
     */
    static LoadedModel of(LoadedModel plain, String name, boolean atOnce) {
        ChatTemplate template = plain.chatTemplate().orElseThrow();
        return new LoadedModel(
                name,
                plain.config(),
                new Marked(plain.tokenizer()),
                Optional.of(atOnce ? new Opened(template) : template));
    }

    private record Opened(ChatTemplate plain) implements ChatTemplate {
        @Override
        public String render(
                List<Map<String, Object>> messages,
                @Nullable List<Map<String, Object>> tools,
                boolean addGenerationPrompt,
                Map<String, Object> variables) {
            String text = plain.render(messages, tools, addGenerationPrompt, variables);
            return addGenerationPrompt ? text + "<think>\n" : text;
        }

        @Override
        public String source() {
            return plain.source();
        }
    }

    private static final class Marked implements Tokenizer {
        private final Tokenizer plain;
        private final Map<String, Integer> marks;

        Marked(Tokenizer plain) {
            this.plain = plain;
            this.marks = Map.of("<think>", id("<repo_name>"), "</think>", id("<file_sep>"));
        }

        private int id(String spelling) {
            int[] ids = plain.encode(spelling, true);
            if (ids.length != 1) {
                throw new IllegalStateException(spelling + " is " + Arrays.toString(ids));
            }
            return ids[0];
        }

        @Override
        public int[] encode(String text, boolean parseSpecial) {
            if (!parseSpecial) {
                return plain.encode(text, false);
            }
            return Arrays.stream(MARK.split(text))
                    .flatMapToInt(part -> marks.containsKey(part)
                            ? IntStream.of(marks.get(part))
                            : Arrays.stream(plain.encode(part, true)))
                    .toArray();
        }

        @Override
        public String decode(int[] ids, boolean skipSpecial) {
            return plain.decode(ids, skipSpecial);
        }

        @Override
        public byte[] tokenBytes(int id) {
            for (Map.Entry<String, Integer> mark : marks.entrySet()) {
                if (mark.getValue() == id) {
                    return mark.getKey().getBytes(StandardCharsets.UTF_8);
                }
            }
            return plain.tokenBytes(id);
        }

        @Override
        public int vocabSize() {
            return plain.vocabSize();
        }

        @Override
        public boolean isSpecial(int id) {
            return plain.isSpecial(id);
        }

        @Override
        public List<Integer> specialTokens() {
            return plain.specialTokens();
        }

        @Override
        public String splitRegex() {
            return plain.splitRegex();
        }
    }
}
